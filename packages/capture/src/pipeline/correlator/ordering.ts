// Puts the records of each process into the order in which they happened.
//
// The VM's records of one process come in order. Two things do not: a receive may be heard before its
// send by another process (the receiver's records then wait, `deferred`, until the send is there or its
// time is over), and what a state handler in the process reports overtakes the VM's own records, which
// are flushed later (`Reports` puts it back by its time).

import { RECORD } from "@elixirscope/trace";
import type { Waiting } from "./mail-events.ts";
import type { Process } from "./party.ts";
import { copyOf, type ProcessRecord } from "./process-record.ts";
import { Reports } from "./reports.ts";
import type { CorrelatorLimits } from "./session.ts";

/** Answers false when the record has to wait (it has told `wait` then). */
type Handle = (p: Process, r: ProcessRecord, mayWait: boolean) => boolean;

export class Ordering implements Waiting {
  readonly #limits: CorrelatorLimits;
  readonly #handle: Handle;
  readonly #reports: Reports;
  readonly #waiting = new Set<Process>();
  /** the earliest time at which one of them stops waiting */
  #waitingUntil = Infinity;

  constructor(limits: CorrelatorLimits, handle: Handle) {
    this.#limits = limits;
    this.#handle = handle;
    this.#reports = new Reports(limits.holdNs);
  }

  /** A record as it was heard. */
  heard(p: Process, r: ProcessRecord): void {
    if (r.kind === RECORD.HANDLE || r.kind === RECORD.STATE) {
      if (r.t > p.vmTime) {
        this.#reports.add(p, copyOf(r));
        return;
      }
    } else if (r.kind !== RECORD.PROCESS && r.kind !== RECORD.GAP) {
      p.vmTime = r.t;
      if (p.reports !== null) this.catchUp(p, r.t);
    }
    this.#next(p, r);
  }

  /** What the state handler reported up to `t` comes before what the VM tells next. */
  catchUp(p: Process, t: number): void {
    for (const report of this.#reports.take(p, t)) this.#next(p, report);
  }

  /** The stream has come to this time: who waited long enough goes on. */
  advance(now: number): void {
    if (now > this.#waitingUntil) this.#resumeDue(now);
    for (let p = this.#reports.due(now); p !== null; p = this.#reports.due(now)) {
      this.catchUp(p, now - this.#limits.holdNs);
    }
  }

  settle(): void {
    for (const process of this.#reports.all()) this.catchUp(process, Infinity);
    while (this.#waiting.size > 0) {
      for (const process of this.#waiting) this.#goOn(process, true);
    }
  }

  wait(p: Process, r: ProcessRecord, sender: Process, hash: number): void {
    p.awaitedFrom = sender;
    p.awaitedHash = hash;
    const from = Math.max(r.t, sender.deferred === null ? 0 : sender.deferredUntil);
    p.deferredUntil = from + this.#limits.holdNs;
    this.#waiting.add(p);
    this.#waitingUntil = Math.min(this.#waitingUntil, p.deferredUntil);
    p.deferred ??= [copyOf(r)];
  }

  resume(p: Process): void {
    this.#goOn(p, false);
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
  }
}
