// The critical path of a request, and two stretches of time held against each other. All times in ns.

import type { Explanation } from "./performance-views.ts";
import type { TimeRange } from "./protocol.ts";

export const PIECE_KINDS = ["run", "deliver", "queue", "wait", "serve", "unknown"] as const;
/**
 * - `run`: the process was at work for the request       - `deliver`: from send to receive, or until it was scheduled
 * - `queue`: in the mailbox while the process did other things    - `wait`: for a timeout, timer or port, or for a message of which no send is known
 * - `serve`: a call was answered by a process whose part was not recorded     - `unknown`: not known what made it go on
 */
export type PieceKind = (typeof PIECE_KINDS)[number];

export type PathPiece = {
  readonly kind: PieceKind;
  readonly pid: string;
  readonly name: string | null;
  readonly t0: number;
  readonly t1: number;
  readonly share: number;
  readonly event: number | null;
  /** of a `run`: the function that had most of it; null outside of recorded calls */
  readonly mfa: string | null;
};

/** Pieces of one kind, of `run` those in one function, of one process. */
export type PathShare = {
  readonly kind: PieceKind;
  readonly mfa: string | null;
  readonly pid: string;
  readonly name: string | null;
  readonly pieces: number;
  readonly ns: number;
  readonly share: number;
};

export type CriticalPath = {
  readonly event: number;
  readonly title: string;
  readonly pid: string;
  readonly name: string | null;
  readonly t0: number;
  readonly t1: number;
  /** pieces of all: they sum to the duration */
  readonly total: number;
  /** in the order of time, at most as many as asked for: the longest ones */
  readonly pieces: readonly PathPiece[];
  /** what the pieces left out take together, ns */
  readonly restNs: number;
  readonly byKind: readonly {
    readonly kind: PieceKind;
    readonly ns: number;
    readonly share: number;
  }[];
  /** by function or kind and process, longest first; these sum to the duration too */
  readonly shares: readonly PathShare[];
  readonly limits: readonly string[];
};

/** Something that began with `event` and took `ns`, of which a critical path can be asked. */
export type SlowRequest = {
  readonly event: number;
  /** `call`: an outermost call; `request`: a call message until its reply */
  readonly kind: "call" | "request";
  readonly title: string;
  readonly pid: string;
  readonly name: string | null;
  /** of a request: who answered */
  readonly to: { readonly pid: string; readonly name: string | null } | null;
  readonly t: number;
  readonly ns: number;
};

export type SlowRequests = {
  readonly range: TimeRange;
  /** slowest first, at most as many of each kind as asked for */
  readonly requests: readonly SlowRequest[];
  readonly limits: readonly string[];
};

export type SideTimes = {
  readonly calls: number;
  readonly perSecond: number;
  /** own time, waiting included, ns per second of the range */
  readonly ownPerSecond: number;
  readonly meanNs: number | null;
  readonly p95Ns: number | null;
};

export type FunctionChange = {
  readonly mfa: string;
  readonly before: SideTimes;
  readonly after: SideTimes;
  /** own time, ns per second */
  readonly change: number;
  /** of the change: what more calls make, and what longer ones make; they sum to it */
  readonly byCalls: number;
  readonly byDuration: number;
  /** of the mean duration's difference, by Welch's test: beyond 3 it is hardly chance; null: too few calls */
  readonly z: number | null;
  /** `slow`: what goes with calls of the second side that took longer than 95 % of the first; `more`: what it has more of */
  readonly slow: readonly Explanation[];
  readonly more: readonly Explanation[];
};

export type ProcessChange = {
  readonly pid: string;
  readonly name: string | null;
  /** ns per second */
  readonly running: readonly [before: number, after: number];
  readonly waiting: readonly [before: number, after: number];
  readonly change: number;
};

export type Comparison = {
  readonly ranges: readonly [TimeRange, TimeRange];
  readonly functions: readonly FunctionChange[];
  readonly moreFunctions: number;
  readonly processes: readonly ProcessChange[];
  readonly limits: readonly string[];
};

/** How often each value of one dimension of a function's calls is on either side, as shares of its calls. */
export type DimensionPair = {
  readonly dimension: string;
  /** half the sum of the differences of all shares: 0 the same, 1 nothing in common */
  readonly distance: number;
  /** the distance that chance alone would make, when both sides were drawn from the same calls */
  readonly byChance: number;
  /** the most telling ones first, or in their order where they are numbers */
  readonly values: readonly { readonly value: string; readonly a: number; readonly b: number }[];
  /** values that are not listed, together */
  readonly rest: { readonly values: number; readonly a: number; readonly b: number };
  /** calls in which it is known */
  readonly known: readonly [a: number, b: number];
};

export type CallComparison = {
  readonly function: string;
  readonly ranges: readonly [TimeRange, TimeRange];
  /** calls that were looked into: at most 400 of each side */
  readonly sampled: readonly [a: number, b: number];
  readonly calls: readonly [a: number, b: number];
  /** durations in bins of equal ratio, of all calls */
  readonly durations: readonly {
    readonly fromNs: number;
    readonly toNs: number;
    readonly a: number;
    readonly b: number;
  }[];
  /** those that differ most first */
  readonly dimensions: readonly DimensionPair[];
  readonly limits: readonly string[];
};
