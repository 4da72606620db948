// What is known of the events that one process's instrumented code reports, and what of the process
// waits to be put in order with them.

import type { ProcessRecord } from "../process-record.ts";
import type { RaisedFrame } from "./unwinding.ts";

/** An EVENTS record that waits, and how far it was taken. */
export type WaitingEvents = { readonly record: ProcessRecord; taken: number };

export class CapturedStream {
  /** time of the first record from which on others were held for it */
  readonly since: number;
  /** number that the next event will have; -1: none was seen yet */
  next = -1;
  /** time of the latest event */
  t = -1;
  /** everything of the process up to here was reported */
  flushedTo = -1;
  /** values in the record that is being taken were cut */
  isCut = false;
  /** open frames of the process below those that are known */
  hidden = 0;
  /** latest record of the VM but for its exit */
  actedAt = -1;

  /** its process has ended: it reports nothing more */
  isOver = false;
  /** a hole was found after which frames of it may have ended unseen */
  isBroken = false;
  isMerging = false;

  /** VM records that may turn out to be later than events not reported yet */
  readonly held: ProcessRecord[] = [];
  /** events that may turn out to be later than VM records not heard yet */
  readonly waiting: WaitingEvents[] = [];

  /** where the process is about to send a message; 0: nowhere */
  #sendSite = 0;

  /** the exception on its way, from the innermost frame outward; `isUnwinding`: nothing happened since */
  raised: RaisedFrame[] = [];
  isUnwinding = false;
  /** of the latest function that looks like a test: number, call, beginning, and how it failed */
  testFn = 0;
  testCall = 0;
  testStart = -1;
  testFailure: readonly RaisedFrame[] | null = null;

  constructor(since: number) {
    this.since = since;
  }

  sendsAt(site: number): void {
    this.#sendSite = site;
  }

  takeSendSite(): number {
    const site = this.#sendSite;
    this.#sendSite = 0;
    return site;
  }

  /** Since when the VM's records are held back; Infinity: none is. */
  get heldSince(): number {
    return this.held[0]?.t ?? Infinity;
  }
}
