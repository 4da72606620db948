// Puts the records of each process into the order in which they happened.
//
// The VM's records of one process come in order. Two things do not: a receive may be heard before its
// send by another process (the receiver's records then wait, `deferred`, until the send is there or its
// time is over), and what a state handler in the process reports overtakes the VM's own records, which
// are flushed later (`Reports` puts it back by its time). Of processes with instrumented code, both are
// then put in order with what that reports (`Merging`).

import { RECORD } from "@elixirscope/trace";
import type { CapturedEvents } from "./instrumented/captured-events.ts";
import { Merging } from "./instrumented/merging.ts";
import type { Waiting } from "./mail-events.ts";
import type { Process } from "./party.ts";
import { copyOf, type ProcessRecord } from "./process-record.ts";
import { Reports } from "./reports.ts";
import type { CorrelatorLimits } from "./session.ts";

/** One may wait for another that waits; with a message lost, two for each other. */
const LONGEST_WAITS = 3;

/** In place of the fingerprint of a message that is awaited. */
const BIRTH = -1;

/** Answers false when the record has to wait (it has told `wait` then). */
type Handle = (p: Process, r: ProcessRecord, mayWait: boolean) => boolean;

export class Ordering implements Waiting {
  readonly #limits: CorrelatorLimits;
  readonly #handle: Handle;
  readonly #reports: Reports;
  readonly #waiting = new Set<Process>();
  /** the earliest time at which one of them stops waiting */
  #waitingUntil = Infinity;
  /** there is instrumented code, which any process may run */
  mayReport = false;
  readonly #merging: Merging;

  constructor(limits: CorrelatorLimits, captured: CapturedEvents, handle: Handle) {
    this.#limits = limits;
    this.#handle = handle;
    this.#reports = new Reports(limits.holdNs);
    this.#merging = new Merging(
      limits,
      captured,
      (p, r) => this.#next(p, r),
      (child, parent, t) => this.#awaitBirth(child, parent, t),
    );
  }

  /** A record as it was heard. */
  heard(p: Process, r: ProcessRecord): void {
    if (r.kind === RECORD.EVENTS) {
      this.#merging.reported(p, r);
      return;
    }
    if (r.kind === RECORD.HANDLE || r.kind === RECORD.STATE) {
      if (r.t > p.vmTime) {
        this.#reports.add(p, copyOf(r));
        return;
      }
    } else if (r.kind <= RECORD.UNREGISTER) {
      p.vmTime = r.t;
      if (p.reports !== null) this.catchUp(p, r.t);
      if (r.kind === RECORD.EXIT && p.captured !== null) p.captured.isOver = true;
    }
    this.#admit(p, r);
  }

  /** What the state handler reported up to `t` comes before what the VM tells next. */
  catchUp(p: Process, t: number): void {
    for (const report of this.#reports.take(p, t)) this.#admit(p, report);
  }

  /** The stream has come to this time: who waited long enough goes on. */
  advance(now: number): void {
    for (let p = this.#reports.due(now); p !== null; p = this.#reports.due(now)) {
      this.catchUp(p, now - this.#limits.holdNs);
    }
    // first who may let others go on
    this.#merging.advance(now);
    if (now > this.#waitingUntil) this.#resumeDue(now);
  }

  settle(): void {
    for (const process of this.#reports.all()) this.catchUp(process, Infinity);
    for (;;) {
      // what was held may be what others wait for: only when nothing is, one goes on in vain
      if (this.#merging.settle()) continue;
      const [first] = this.#waiting;
      if (first === undefined) return;
      this.#goOn(first, true);
    }
  }

  wait(p: Process, r: ProcessRecord, sender: Process, hash: number): void {
    p.awaitedFrom = sender;
    p.awaitedHash = hash;
    p.deferredUntil = this.#waitFor(sender, r.t);
    this.#waiting.add(p);
    this.#waitingUntil = Math.min(this.#waitingUntil, p.deferredUntil);
    p.deferred ??= [copyOf(r)];
  }

  resume(p: Process): void {
    this.#goOn(p, false);
  }

  /** Its spawn is known now. */
  born(child: Process): void {
    if (child.awaitedFrom !== null && child.awaitedHash === BIRTH) this.#goOn(child, false);
  }

  #awaitBirth(child: Process, parent: Process, t: number): void {
    if (child.deferred !== null || child.vmTime >= 0 || child.captured !== null) return;
    child.deferred = [];
    child.awaitedFrom = parent;
    child.awaitedHash = BIRTH;
    child.deferredUntil = this.#waitFor(parent, t);
    this.#waiting.add(child);
    this.#waitingUntil = Math.min(this.#waitingUntil, child.deferredUntil);
  }

  #admit(p: Process, r: ProcessRecord): void {
    // facts about a process are of no time
    const isTimed = r.kind !== RECORD.PROCESS;
    if (isTimed && (p.captured !== null || this.mayReport)) this.#merging.traced(p, r);
    else this.#next(p, r);
  }

  /** Until when a message of `sender` that was received at `t` may still be heard to be sent. */
  #waitFor(sender: Process, t: number): number {
    const { sendHoldNs, unreportedHoldNs } = this.#limits;
    let until = Math.max(t, sender.deferred === null ? 0 : sender.deferredUntil);
    const since = sender.captured?.heldSince ?? Infinity;
    if (since <= t) until = Math.max(until, since + unreportedHoldNs);
    return Math.min(until, t + LONGEST_WAITS * unreportedHoldNs) + sendHoldNs;
  }

  #next(p: Process, r: ProcessRecord): void {
    if (p.deferred === null) {
      this.#handle(p, r, true);
      return;
    }
    p.deferred.push(copyOf(r));
    if (p.deferred.length > this.#limits.deferredRecords) this.#goOn(p, true);
  }

  #resumeDue(now: number): void {
    // the senders may themselves have begun to wait since, or still do
    for (let isLonger = true; isLonger;) {
      isLonger = false;
      for (const process of this.#waiting) {
        if (now <= process.deferredUntil || process.awaitedFrom === null) continue;
        const until = this.#waitFor(process.awaitedFrom, process.deferred?.[0]?.t ?? 0);
        if (now > until) continue;
        process.deferredUntil = until;
        isLonger = true;
      }
    }
    for (const process of this.#waiting) {
      if (now > process.deferredUntil) this.#goOn(process, true);
    }
    this.#waitingUntil = Infinity;
    for (const { deferredUntil } of this.#waiting) {
      this.#waitingUntil = Math.min(this.#waitingUntil, deferredUntil);
    }
  }

  /** `inVain`: without the send that the first record waited for. */
  #goOn(p: Process, inVain: boolean): void {
    const records = p.deferred ?? [];
    this.#waiting.delete(p);
    p.awaitedFrom = null;
    let mayWait = !inVain;
    for (const [i, record] of records.entries()) {
      if (!this.#handle(p, record, mayWait)) {
        p.deferred = records.slice(i);
        return;
      }
      mayWait = true;
    }
    p.deferred = null;
    if (p.captured !== null) this.#merging.pump(p, false);
  }
}
