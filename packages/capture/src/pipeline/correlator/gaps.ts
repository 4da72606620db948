// What is missing: rows of `gaps`, and the end of all trust in what was under way.

import { GAP_REASON, type GapReason } from "@elixirscope/trace";
import type { CallStacks } from "./call-stacks.ts";
import { entriesOf, numberIn, textIn } from "./facts.ts";
import type { Ordering } from "./ordering.ts";
import type { GapRow } from "./output.ts";
import type { Process } from "./party.ts";
import { payloadOf, type ProcessRecord } from "./process-record.ts";
import type { CorrelatorSession } from "./session.ts";

const REASONS: ReadonlyMap<number, GapReason> = new Map<number, GapReason>([
  [GAP_REASON.dropped, "dropped"],
  [GAP_REASON.rate_limited, "rate_limited"],
  [GAP_REASON.truncated, "truncated"],
  [GAP_REASON.sampled, "sampled"],
  [GAP_REASON.disconnected, "disconnected"],
  [GAP_REASON.expired, "expired"],
  [GAP_REASON.reloaded, "reloaded"],
  [GAP_REASON.paused, "paused"],
]);
/** Reasons after which calls and messages may be missing that were under way. */
const BREAKS: ReadonlySet<GapReason> = new Set([
  "dropped",
  "rate_limited",
  "disconnected",
  "paused",
]);

export class Gaps {
  readonly #session: CorrelatorSession;
  readonly #calls: CallStacks;
  readonly #order: () => Ordering;

  constructor(session: CorrelatorSession, calls: CallStacks, order: () => Ordering) {
    this.#session = session;
    this.#calls = calls;
    this.#order = order;
  }

  /** A GAP of one process; null: of the whole session. */
  told(p: Process | null, r: ProcessRecord): void {
    const entries = entriesOf(payloadOf(r));
    const reason = REASONS.get(r.ref) ?? "dropped";
    this.#add(p, {
      tFrom: numberIn(entries, "t_from") ?? r.t,
      tTo: r.t,
      pid: p?.pid ?? 0,
      reason,
      // nobody looks at what happens in a pause or between two windows
      count: numberIn(entries, "count") ?? (reason === "paused" || reason === "sampled" ? null : 0),
      detail: textIn(entries, "detail") ?? textIn(entries, "why") ?? null,
    });
  }

  /** A gap of the whole session that no record tells of. */
  found(gap: Omit<GapRow, "pid">): void {
    this.#add(null, { ...gap, pid: 0 });
  }

  /**
   * `missing` events of its instrumented code never came; what the VM told of the process is complete.
   * A gap of the session may have counted them already, as it could not say whose they were.
   */
  missed(p: Process, tFrom: number, tTo: number, missing: number, why: string): void {
    const counted = Math.min(missing, this.#session.unattributed);
    this.#session.unattributed -= counted;
    const also = counted === 0 ? "" : `; ${String(counted)} are in the session's count`;
    const detail = `${why}: ${String(missing)} events of instrumented code${also}`;
    const count = missing - counted;
    this.#session.out.gap({ tFrom, tTo, pid: p.pid, reason: "dropped", count, detail });
  }

  #add(p: Process | null, gap: GapRow): void {
    if (BREAKS.has(gap.reason)) this.#break(p);
    if (p === null && gap.reason === "dropped") this.#session.unattributed += gap.count ?? 0;
    this.#session.out.gap(gap);
  }

  #break(process: Process | null): void {
    if (process !== null) {
      this.#order().catchUp(process, Infinity);
      process.gaps += 1;
      this.#calls.lose(process);
      return;
    }
    this.#order().settle();
    this.#session.gaps += 1;
    this.#calls.loseAll();
  }
}
