// Deadlocks and calls without a reply as findings.

import type { Evidence, Finding, Findings, Params } from "@elixirscope/wire";
import type { CallCycle, UnansweredCall, WaitEnd, WaitView } from "../deadlocks/deadlock-view.ts";
import { deadlocks } from "../deadlocks/deadlocks.ts";
import { durationText, timeText } from "../names.ts";
import type { Source } from "../sql.ts";
import { atEvent, cannotTell, counted, fact, findingsOf } from "./finding.ts";

export async function deadlockFindings(
  source: Source,
  { limit }: Params<"deadlockFindings">,
): Promise<Findings> {
  if (!source.manifest.plan.messages) {
    return cannotTell(
      "Messages were not recorded, so nobody is seen to wait for another.",
      "nothing",
    );
  }
  const { cycles, unanswered, calls, more, limits } = await deadlocks(source, { limit });
  const looked = counted(calls, "synchronous call");
  if (calls === 0) return cannotTell("No synchronous call was recorded.", looked, limits);
  const judged = unanswered.filter(isKnown);
  const findings = [...cycles.map(cycleFinding), ...judged.map(unansweredFinding)];
  const unjudged = unanswered.filter((one) => !isKnown(one));
  return findingsOf(findings, limit, {
    more: judged.length === 0 ? 0 : more,
    looked,
    limits: [...limits, ...unjudgedLimit(unjudged)],
  });
}

/** Who went on without a reply may have had one: a request that is not matched with its receive has no matched reply. */
function isKnown({ chain: [first] }: UnansweredCall): boolean {
  return first !== undefined && (first.end !== "gave_up" || first.arrived !== null);
}

function unjudgedLimit(groups: readonly UnansweredCall[]): readonly string[] {
  const calls = groups.reduce((sum, { alike }) => sum + alike, 0);
  if (calls === 0) return [];
  return [
    `at least ${counted(calls, "call")} cannot be judged: where the request arrived was not recorded, and so neither was which message answered it`,
  ];
}

function nameOf(who: WaitView["caller"] | null): string {
  return who === null ? "an unknown process" : (who.name ?? who.pid);
}

function cycleFinding({ from, to, waits, others }: CallCycle): Finding {
  const ring = waits.map(({ caller, server }) => `${nameOf(caller)} waits for ${nameOf(server)}`);
  const span = to === null ? "until the recording's end" : `for ${durationText(to - from)}`;
  return {
    id: `deadlock ${waits.map(({ message }) => message).join(" ")}`,
    severity: "critical",
    statement: `Deadlock: ${ring.join(", ")}, from ${timeText(from)} ${span}`,
    evidence: [
      ...waits.map(waitEvidence),
      ...(others === 0 ? [] : [fact(`${counted(others, "further call")} waited for one of these`)]),
    ],
    recommendation:
      "One of them must not call another inside of a callback: send a cast, or return {:noreply, state} and answer later with GenServer.reply/2.",
    limits: gapLimits(waits),
  };
}

const ENDS: Readonly<Record<WaitEnd, string>> = {
  timeout: "timed out",
  gave_up: "went on without a reply",
  server_gone: "failed as the server was gone",
  ended: "ended before a reply came",
  answered: "was answered in the end",
  open: "still waited when it was last seen",
};

function unansweredFinding({ chain, doing, alike }: UnansweredCall): Finding {
  const [first] = chain;
  const last = chain.at(-1);
  if (first === undefined || last === undefined) throw new Error("bug: a chain without a call");
  const chained =
    chain.length === 1
      ? ""
      : `, through ${chain
          .slice(1)
          .map(({ server }) => nameOf(server))
          .join(" → ")}`;
  const many = alike > 1 ? ` (${counted(alike, "call")} like it)` : "";
  const evidence: Evidence[] = chain.map(waitEvidence);
  const frame = doing?.frames.at(-1) ?? null;
  const why = doing?.why ?? null;
  if (frame !== null)
    evidence.push(atEvent(`${nameOf(last.server)} was in ${frame.mfa}`, frame.call));
  else if (why !== null) evidence.push(fact(`${nameOf(last.server)}: ${why}`));
  return {
    id: `unanswered ${first.message}`,
    severity: first.end === "timeout" ? "critical" : first.end === "open" ? "notice" : "warning",
    statement: `A call of ${nameOf(first.server)} by ${nameOf(first.caller)} ${ENDS[first.end]}${chained}${many}`,
    evidence,
    recommendation: null,
    limits: gapLimits(chain),
  };
}

function waitEvidence(wait: WaitView): Evidence {
  const { message, caller, server, request, from, to } = wait;
  const span = to === null ? "" : ` for ${durationText(to - from)}`;
  const inside = wait.function === null ? "" : ` in ${wait.function}`;
  return atEvent(
    `${timeText(from)} ${nameOf(caller)} asked ${nameOf(server)} ${request}${inside}, waited${span}, ${ENDS[wait.end]}`,
    message,
  );
}

function gapLimits(waits: readonly WaitView[]): readonly string[] {
  const gaps = new Set(waits.flatMap((wait) => wait.gaps));
  if (gaps.size === 0) return [];
  return [
    `events are missing while it waited (${[...gaps].join(", ")}): a reply may be among them`,
  ];
}
