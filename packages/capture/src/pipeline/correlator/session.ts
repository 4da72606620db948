// What the parts of the correlator share: where rows go, which id comes next, what time it is in the
// stream, how much may stay open, and what had to be given up.

import type { CorrelatorOutput } from "./output.ts";

export type CorrelatorLimits = {
  /** how long what was reported waits for what the VM tells of the same time */
  readonly holdNs: number;
  /** how long the records of a process wait for a message's sender to be heard, whose thread may be preempted */
  readonly sendHoldNs: number;
  /** how long a VM record waits for what instrumented code of its process has done before */
  readonly unreportedHoldNs: number;
  /** a send to a traced process waits this long for its receive */
  readonly sendTtlNs: number;
  /** a send to a process that was never heard waits this long */
  readonly strangerTtlNs: number;
  readonly pendingSends: number;
  readonly openRequests: number;
  readonly openCalls: number;
  /** records that wait in one process */
  readonly deferredRecords: number;
  /** messages of one process that were received and not seen to be handled */
  readonly inbox: number;
};

export const CORRELATOR_LIMITS: CorrelatorLimits = {
  holdNs: 5_000_000,
  sendHoldNs: 50_000_000,
  unreportedHoldNs: 150_000_000,
  sendTtlNs: 300_000_000_000,
  strangerTtlNs: 200_000_000,
  pendingSends: 200_000,
  openRequests: 100_000,
  openCalls: 500_000,
  deferredRecords: 4_096,
  inbox: 10_000,
};

export type CorrelatorCounters = {
  events: number;
  openCalls: number;
  pendingSends: number;
  /** messages seen at one end only */
  unmatched: number;
  matched: number;
  /** returns whose call was not seen */
  unmatchedReturns: number;
  /** open sends, requests and calls that were given up for want of room or time */
  expired: number;
  unknownPids: number;
  /** events of instrumented code whose site nobody told of */
  unknownSites: number;
};

export class CorrelatorSession {
  readonly out: CorrelatorOutput;
  readonly limits: CorrelatorLimits;
  readonly counters: CorrelatorCounters = {
    events: 0,
    openCalls: 0,
    pendingSends: 0,
    unmatched: 0,
    matched: 0,
    unmatchedReturns: 0,
    expired: 0,
    unknownPids: 0,
    unknownSites: 0,
  };
  /** events in gaps of the whole session of which it is not known whose they were */
  unattributed = 0;
  /** gaps of the whole session so far */
  gaps = 0;
  /** an earlier correlator took what came before */
  isResumed = false;
  /** who sent what was received is not told by the VM */
  sendersAreInferred = false;
  /** the latest time in the stream */
  now = 0;
  #nextId: number;

  constructor(out: CorrelatorOutput, limits: CorrelatorLimits, nextId: number) {
    this.out = out;
    this.limits = limits;
    this.#nextId = nextId;
  }

  get nextId(): number {
    return this.#nextId;
  }

  newId(): number {
    this.counters.events += 1;
    return this.#nextId++;
  }
}
