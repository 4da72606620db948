// A session as the page changes it: what it costs, what is instrumented, a change planned and made.

import {
  type Adjustment,
  type ChangeEstimate,
  type Estimate,
  type NoEstimate,
  type Session,
  type SessionStatus,
} from "@elixirscope/capture";
import { messageOf } from "@elixirscope/base";
import { type LiveControl, ServerError } from "@elixirscope/server";
import type { ChangePlan, CostView, LiveSession, Reply, Status } from "@elixirscope/wire";

const MOST_NAMED = 12;

export function liveControl(session: Session, status: () => Status): LiveControl {
  let latest: SessionStatus | null = null;
  session.on("status", (told) => {
    latest = told;
  });
  return {
    now: () => now(session, latest, status()),
    plan: async (change) => await plan(session, change),
    change: async (change) => await make(session, change),
  };
}

function now(session: Session, latest: SessionStatus | null, status: Status): LiveSession {
  const { pipeline } = session;
  const stats = pipeline.stats();
  const probe = latest?.probe ?? null;
  return {
    cost: costView(session.estimate),
    meters: {
      eventsPerSecond: stats.eventsPerSecond,
      ringUse: stats.ring.utilisation,
      recordingBytes: stats.writer?.recordingBytes ?? 0,
      lost: status.lost,
      probeBytes: probe?.["memory"] ?? null,
      inFlightBytes: probe?.["in_flight"] ?? null,
      processes: probe?.["processes"] ?? null,
    },
    inside: session.inside,
    canListProcesses: listsProcesses(session.plan.processes),
    canInstrument: session.canInstrument,
  };
}

function listsProcesses(processes: "all" | readonly string[]): boolean {
  return processes !== "all" && !processes.some((text) => text.startsWith("app:"));
}

async function plan(session: Session, change: Adjustment): Promise<ChangePlan> {
  try {
    return planView(await session.estimateChange(change));
  } catch (thrown) {
    const place = placeOf(thrown);
    // with a place, the lines below the first draw it
    const [first = ""] = messageOf(thrown).split("\n");
    const message = place === null ? messageOf(thrown) : first;
    const cost = { kind: "unknown", reason: "the change cannot be made" } as const;
    return { problem: { message, place }, functions: 0, sample: [], cost, notes: [] };
  }
}

function planView({ subjects, cost, notes }: ChangeEstimate): ChangePlan {
  return {
    problem: null,
    functions: subjects.length,
    sample: subjects.slice(0, MOST_NAMED),
    cost: costView(cost),
    notes,
  };
}

function placeOf(thrown: unknown): NonNullable<ChangePlan["problem"]>["place"] {
  const cause = thrown instanceof Error ? thrown.cause : null;
  if (typeof cause !== "object" || cause === null) return null;
  if (!("text" in cause && "start" in cause && "end" in cause)) return null;
  const { text, start, end } = cause;
  if (typeof text !== "string" || typeof start !== "number" || typeof end !== "number") return null;
  return { text, start, end };
}

async function make(session: Session, change: Adjustment): Promise<Reply<"changeSession">> {
  if (change.kind !== "deepen" && change.kind !== "shallow") {
    await session.adjust(change, "page");
    const functions = `${session.plan.functions.length} functions are recorded now`;
    return { outcome: "done", detail: MADE[change.kind] ?? functions };
  }
  const { kind: how } = change;
  const { modules, refused } = await session[how](change.selectors, "page");
  const [refusal] = refused;
  if (refusal === undefined) {
    const detail = how === "deepen" ? "recorded from inside" : "the code is as it was";
    return { outcome: "done", detail };
  }
  const reasons = refused.map(({ module, message }) => `${module}: ${message}`).join("; ");
  if (modules.length === 0 && how === "deepen") throw new ServerError("refused", reasons);
  return { outcome: "partly", detail: reasons };
}

const MADE: Readonly<Partial<Record<Adjustment["kind"], string>>> = {
  budgets: "the new budgets hold",
  pause: "nothing is recorded until it is resumed",
  resume: "it is recorded again",
};

function costView(cost: Estimate | NoEstimate): CostView {
  if ("reason" in cost) return { kind: "unknown", reason: cost.reason };
  const { functions, callsPerSecond, eventsPerSecond, cpuPercent, diskBytesPerSecond } = cost;
  return {
    kind: "measured",
    functions,
    callsPerSecond,
    eventsPerSecond,
    cpuPercent,
    diskBytesPerSecond,
    busiest: cost.busiest,
    tooHot: cost.tooHot.slice(0, MOST_NAMED),
  };
}
