// Calls of each process as a stack: a call row is complete when its return, exception or end is known.
//
// Calls that the VM traced and those of instrumented code (their frames have numbers) are on one stack.
// After a loss the frames below `doubt` may have ended: an event of one of them shows that it is open
// after all, with those below it that were surely open when it began.

import { CALL_OUTCOMES, FLAG } from "@elixirscope/trace";
import type { Frame } from "./frame.ts";
import type { CallRow } from "./output.ts";
import type { Process } from "./party.ts";
import type { ProcessRecord } from "./process-record.ts";
import type { CorrelatorSession } from "./session.ts";

const OPEN = CALL_OUTCOMES.indexOf("open");
export const RETURNED: number = CALL_OUTCOMES.indexOf("returned");
export const RAISED: number = CALL_OUTCOMES.indexOf("raised");
export const TAIL: number = CALL_OUTCOMES.indexOf("tail");
export const LOST: number = CALL_OUTCOMES.indexOf("lost");

export class CallStacks {
  readonly #session: CorrelatorSession;
  readonly #spare: Frame[] = [];
  /** processes with open calls */
  readonly #active = new Set<Process>();
  readonly #row: CallRow = {
    call: 0,
    parent: 0,
    pid: 0,
    fn: 0,
    site: 0,
    depth: 0,
    tEnter: -1,
    tExit: -1,
    selfNs: -1,
    outcome: 0,
    args: 0,
    result: 0,
    exitEvent: 0,
  };

  constructor(session: CorrelatorSession) {
    this.#session = session;
  }

  /** The innermost open call, 0: none, or not known. */
  top(process: Process): number {
    if (process.depth === process.doubt) return 0;
    return process.stack[process.depth - 1]?.call ?? 0;
  }

  /** `r`: the CALL, whose event has the id `call`. */
  enter(process: Process, r: ProcessRecord, call: number, args: number): void {
    if ((r.flags & FLAG.NO_RETURN) !== 0) {
      this.#leaf(process, r, call, args, TAIL);
      return;
    }
    const { counters, limits } = this.#session;
    if (process.unstacked > 0 || counters.openCalls >= limits.openCalls) {
      process.unstacked += 1;
      counters.expired += 1;
      this.#leaf(process, r, call, args, LOST);
      return;
    }
    this.push(process, r.t, call, r.ref, args);
  }

  /** False: too many calls are open, this one is lost. */
  enterCaptured(
    process: Process,
    t: number,
    call: number,
    fn: number,
    args: number,
    site: number,
    number: number,
  ): boolean {
    const { counters, limits } = this.#session;
    if (counters.openCalls >= limits.openCalls) {
      counters.expired += 1;
      const frame = this.#frame(process, t, call, fn, args);
      frame.site = site;
      this.#fill(process, frame, -1, LOST);
      this.#session.out.call(this.#row);
      this.#spare.push(frame);
      return false;
    }
    const frame = this.push(process, t, call, fn, args);
    frame.site = site;
    frame.number = number;
    frame.lastEvent = call;
    frame.lastSite = site;
    return true;
  }

  push(process: Process, t: number, call: number, fn: number, args: number): Frame {
    if (process.depth === 0) this.#active.add(process);
    const frame = this.#frame(process, t, call, fn, args);
    process.stack[process.depth] = frame;
    process.depth += 1;
    this.#session.counters.openCalls += 1;
    return frame;
  }

  /** Ends every call from place `from` on; those whose end was not seen, as `outcome`, if they are not in doubt. */
  unwind(
    process: Process,
    from: number,
    t: number,
    outcome: number,
    result: number,
    event: number,
  ): void {
    while (process.depth > from) {
      if (process.depth > process.doubt && outcome !== LOST) {
        this.pop(process, t, outcome, result, event);
      } else this.pop(process, -1, LOST, 0, 0);
    }
  }

  /**
   * `r`: the RETURN or EXCEPTION. Ends the innermost open call of its function, and what was left open
   * above it. Answers the call's id, 0: none.
   */
  leave(
    process: Process,
    r: ProcessRecord,
    outcome: number,
    result: number,
    event: number,
  ): number {
    if (process.unstacked > 0) {
      process.unstacked -= 1;
      return 0;
    }
    const { ref, t } = r;
    let at = process.depth - 1;
    while (at >= process.doubt && !isTraced(process.stack[at], ref)) at -= 1;
    if (at < process.doubt) {
      this.#session.counters.unmatchedReturns += 1;
      return 0;
    }
    // Nothing was lost since (a gap would have closed them): they were left without a return of their own.
    while (process.depth - 1 > at) {
      const isCaptured = (process.stack[process.depth - 1]?.number ?? 0) > 0;
      if (isCaptured) this.pop(process, -1, LOST, 0, 0);
      else this.pop(process, t, TAIL, 0, 0);
    }
    const call = this.top(process);
    this.pop(process, t, outcome, result, event);
    return call;
  }

  /** Something is missing: nothing that is open can be trusted to end where it seems to. */
  lose(process: Process): void {
    process.unstacked = 0;
    if (process.stack.some((frame) => frame.number > 0)) process.doubt = process.depth;
    else this.unwind(process, 0, -1, LOST, 0, 0);
  }

  loseAll(): void {
    for (const process of this.#active) this.lose(process);
  }

  /** The process ended inside its calls: its exit ends them all. */
  abandon(process: Process, t: number, result: number, event: number): void {
    process.unstacked = 0;
    this.unwind(process, 0, t, RAISED, result, event);
  }

  /** Shows what is open now. */
  visitOpen(visit: (row: CallRow) => void, limit: number): void {
    let left = limit;
    for (const process of this.#active) {
      for (let depth = 0; depth < process.depth && left > 0; depth++, left--) {
        const frame = process.stack[depth];
        if (frame === undefined) continue;
        this.#fill(process, frame, -1, depth < process.doubt ? LOST : OPEN);
        visit(this.#row);
      }
    }
  }

  /** Ends the innermost call; `t` -1: nobody knows when. */
  pop(process: Process, t: number, outcome: number, result: number, event: number): void {
    process.depth -= 1;
    const frame = process.stack[process.depth];
    if (frame === undefined) return;
    this.#session.counters.openCalls -= 1;
    const row = this.#row;
    if (process.doubt > process.depth) process.doubt = process.depth;
    this.#fill(process, frame, t, outcome);
    row.result = result;
    row.exitEvent = event;
    if (t >= 0) {
      const duration = t - frame.tEnter;
      row.selfNs = Math.max(0, duration - frame.childNs);
      const parent = process.depth > 0 ? process.stack[process.depth - 1] : undefined;
      if (parent !== undefined) parent.childNs += duration;
    }
    this.#session.out.call(row);
    if (this.#spare.length < 10_000) this.#spare.push(frame);
    process.stack.length = process.depth;
    if (process.depth === 0) this.#active.delete(process);
  }

  /** A call that is not on the stack, complete as it is. */
  #leaf(process: Process, r: ProcessRecord, call: number, args: number, outcome: number): void {
    const row = this.#row;
    row.call = call;
    row.parent = this.top(process);
    row.pid = process.pid;
    row.fn = r.ref;
    row.site = 0;
    row.depth = process.depth + Math.max(0, process.unstacked - 1);
    row.tEnter = r.t;
    row.tExit = outcome === TAIL ? r.t : -1;
    row.selfNs = -1;
    row.outcome = outcome;
    row.args = args;
    row.result = 0;
    row.exitEvent = 0;
    this.#session.out.call(row);
  }

  #frame(process: Process, t: number, call: number, fn: number, args: number): Frame {
    const frame = this.#spare.pop() ?? {
      call: 0,
      parent: 0,
      fn: 0,
      site: 0,
      number: 0,
      depth: 0,
      doubt: 0,
      tEnter: 0,
      args: 0,
      childNs: 0,
      lastEvent: 0,
      lastSite: 0,
    };
    frame.call = call;
    frame.parent = this.top(process);
    frame.fn = fn;
    frame.site = 0;
    frame.number = 0;
    frame.depth = process.depth + (process.captured?.hidden ?? 0);
    frame.doubt = process.doubt;
    frame.tEnter = t;
    frame.args = args;
    frame.childNs = 0;
    frame.lastEvent = 0;
    frame.lastSite = 0;
    return frame;
  }

  #fill(process: Process, frame: Frame, t: number, outcome: number): void {
    const row = this.#row;
    row.call = frame.call;
    row.parent = frame.parent;
    row.pid = process.pid;
    row.fn = frame.fn;
    row.site = frame.site;
    row.depth = frame.depth;
    row.tEnter = frame.tEnter;
    row.tExit = t;
    row.selfNs = -1;
    row.outcome = outcome;
    row.args = frame.args;
    row.result = 0;
    row.exitEvent = 0;
  }
}

function isTraced(frame: Frame | undefined, fn: number): boolean {
  return frame !== undefined && frame.number === 0 && frame.fn === fn;
}
