// Rows of `events`: every event has an id, the call it happened in and the activity it belongs to.

import { EVENT_KINDS, RECORD } from "@elixirscope/trace";
import type { CallStacks } from "./call-stacks.ts";
import type { Causality } from "./causality.ts";
import type { Process } from "./party.ts";
import type { ProcessRecord } from "./process-record.ts";
import type { CorrelatorSession } from "./session.ts";

/** By record kind: the code in `events.kind`, 0 for records that are no events. */
export const EVENT_CODE: readonly number[] = Array.from(
  { length: RECORD.MODULE + 1 },
  (_, kind) => {
    if (kind === RECORD.MODULE) return EVENT_KINDS.indexOf("module");
    return kind <= RECORD.HANDLE ? kind : 0;
  },
);

export class EventWriter {
  readonly #session: CorrelatorSession;
  readonly #calls: CallStacks;
  readonly #causality: Causality;

  constructor(session: CorrelatorSession, calls: CallStacks, causality: Causality) {
    this.#session = session;
    this.#calls = calls;
    this.#causality = causality;
  }

  newId(): number {
    return this.#session.newId();
  }

  /** Keeps the record's payload; 0 when it has none. */
  payload(r: ProcessRecord): number {
    return r.end > r.start ? this.#session.out.payload(r.bytes, r.start, r.end) : 0;
  }

  /** The innermost open call, 0: none. */
  frame(p: Process): number {
    return this.#calls.top(p);
  }

  /** An event within the innermost open call. */
  write(p: Process, r: ProcessRecord, id: number, payload: number, site: number = 0): void {
    this.writeIn(p, r, id, payload, this.#calls.top(p), this.correlation(p, id), site);
  }

  writeIn(
    p: Process,
    r: ProcessRecord,
    id: number,
    payload: number,
    frame: number,
    correlation: number,
    site: number = 0,
  ): void {
    const code = EVENT_CODE[r.kind] ?? 0;
    this.#session.out.event(id, r.t, p.pid, code, site, frame, correlation, payload, r.flags);
    if (p.spawnEvent !== 0) this.#causality.acted(p, id);
  }

  /** An event of instrumented code. */
  writeCaptured(
    p: Process,
    id: number,
    t: number,
    kind: number,
    site: number,
    frame: number,
    correlation: number,
    payload: number,
    flags: number,
  ): void {
    this.#session.out.event(id, t, p.pid, kind, site, frame, correlation, payload, flags);
    if (p.spawnEvent !== 0) this.#causality.acted(p, id);
  }

  /** The activity: of the message being handled, else of the outermost call, else its own. */
  correlation(p: Process, id: number): number {
    if (p.correlation !== 0) return p.correlation;
    return p.depth > 0 || p.ownCorrelation === id ? p.ownCorrelation : id;
  }
}
