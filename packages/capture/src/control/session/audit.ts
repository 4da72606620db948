// The audit of a session: who did what to it, when, and what came of it, kept in the recording's table `audit`.

import { messageOf } from "@elixirscope/base";
import type { Budgets, Sampling } from "@elixirscope/trace";
import type { Actor, AuditEntry } from "../../pipeline/threads.ts";
import type { DeepReport } from "../deep/deep-modules.ts";
import type { Estimate, NoEstimate } from "../plan/estimate.ts";
import { rate } from "../plan/format-plan.ts";
import { moduleText } from "../selector/selector.ts";
import type { Adjustment } from "./session.ts";

export type Outcome = Pick<AuditEntry, "outcome" | "detail">;

type Keep = (entry: AuditEntry) => Promise<void>;

/** An entry that is not stored by then is one that the end of the recording does not wait for. */
const LAST_MS = 2_000;

export class Audit {
  readonly #keep: Keep;
  readonly #now: () => number;

  /** `now`: ns since the recording's start */
  constructor(keep: Keep, now: () => number) {
    this.#keep = keep;
    this.#now = now;
  }

  /** Runs `change` and keeps what came of it, also when it is refused. */
  async around<T>(
    who: Actor,
    action: string,
    subject: string,
    change: () => Promise<T>,
    outcomeOf: (made: T) => Outcome,
  ): Promise<T> {
    const t = this.#now();
    try {
      const made = await change();
      this.#add({ t, who, action, subject, ...outcomeOf(made) });
      return made;
    } catch (thrown) {
      const [reason = ""] = messageOf(thrown).split("\n");
      this.#add({ t, who, action, subject, outcome: "refused", detail: reason });
      throw thrown;
    }
  }

  note(who: Actor, action: string, subject: string, detail: string): void {
    this.#add({ t: this.#now(), who, action, subject, outcome: "done", detail });
  }

  /** Stored, or given up, when this resolves. */
  async last(who: Actor, action: string, subject: string, detail: string): Promise<void> {
    const entry = { t: this.#now(), who, action, subject, outcome: "done", detail } as const;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_MS);
    });
    await Promise.race([this.#keep(entry).catch(() => undefined), late]);
    clearTimeout(timer);
  }

  /** A recording that cannot be written says so by an event of its own. */
  #add(entry: AuditEntry): void {
    this.#keep(entry).catch(() => undefined);
  }
}

export function subjectOf(change: Adjustment): string {
  if ("sampling" in change) return samplingText(change.sampling);
  if ("budgets" in change) return budgetsText(change.budgets);
  if ("selectors" in change) return change.selectors.join(", ");
  return "processes" in change ? change.processes.join(", ") : "";
}

export function reportOutcome({ modules, refused }: DeepReport): Outcome {
  const changed = modules.map(
    ({ module, functions }) => `${moduleText(module)} (${functions.size})`,
  );
  const kept = refused.map(({ module, message }) => `${moduleText(module)}: ${message}`);
  const detail = [...changed, ...kept].join("; ");
  if (refused.length === 0) return { outcome: "done", detail };
  return { outcome: modules.length === 0 ? "refused" : "partly", detail };
}

export function estimateText(functions: number, estimate: Estimate | NoEstimate): string {
  const traced = `${functions} functions`;
  if ("reason" in estimate) return `${traced}; no estimate: ${estimate.reason}`;
  const { cpuPercent, eventsPerSecond } = estimate;
  return `${traced}; estimated ${rate(eventsPerSecond)} call events/s, ${cpuPercent.toFixed(1)}% of one core`;
}

/** As `eventsPerSecond 1000, durationMs none`. */
function budgetsText(budgets: Partial<Budgets>): string {
  return Object.entries(budgets)
    .map(([name, value]) => `${name} ${value ?? "none"}`)
    .join(", ");
}

function samplingText(sampling: Sampling): string {
  switch (sampling.kind) {
    case "always":
      return "always";
    case "rate":
      return `rate:${sampling.chainsPerSecond}`;
    case "chains":
      return `chains:${sampling.probability}`;
    case "windows":
      return `windows:${sampling.share}`;
    default:
      return sampling satisfies never;
  }
}
