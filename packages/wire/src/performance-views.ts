// Where time went, as the page and the command line show it. All times in ns; every view says what limits it.

import type { SpanView, TimeRange } from "./protocol.ts";

/** `exact`: of the durations themselves; `histogram`: the upper bound of a bin, at most 9 % above. */
export type Precision = "exact" | "histogram";

/** null where there are no durations. */
export type Percentiles = {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly precision: Precision;
};

/** What the widths of a flame graph are: all time, or only what was running or waiting. */
export type FlameTime = "all" | "running" | "waiting";

export type FlameNode = {
  readonly name: string;
  /** the recording's number of it; null for frames that are drawn together */
  readonly function: number | null;
  /** index in `nodes`; null at the bottom */
  readonly parent: number | null;
  /** 0 for "other" */
  readonly calls: number;
  readonly total: number;
  readonly self: number;
  /** of `self` */
  readonly waiting: number;
  /** how many frames are drawn in this one's place: 1 but for "other" */
  readonly frames: number;
  /** event of its longest call, when an end is known */
  readonly slowest: number | null;
};

export type Flame = {
  readonly range: TimeRange;
  readonly time: FlameTime;
  /** of all frames at the bottom, or of the last one in `path` */
  readonly total: number;
  /** parents before children, widest first; of a `path` its frames come first, each below the one before */
  readonly nodes: readonly FlameNode[];
  /** frames of all that was merged, those that are not drawn included */
  readonly frames: number;
  /** of a search: frames that match, and the time in the outermost of them */
  readonly found: { readonly frames: number; readonly total: number } | null;
  readonly limits: readonly string[];
};

/** Calls of one process in the order of time. */
export type FlameChartProcess = {
  readonly pid: string;
  readonly name: string | null;
  readonly depth: number;
  readonly spans: readonly SpanView[];
  /** stretches in which a recorded call waited for a message; short ones beside each other are one */
  readonly waits: readonly TimeRange[];
  /** boxes were left out to bound the answer */
  readonly truncated: boolean;
};

export type FlameChart = {
  readonly range: TimeRange;
  /** those that were longest in calls come first */
  readonly processes: readonly FlameChartProcess[];
  /** processes with calls in the range that are not shown */
  readonly more: number;
  readonly limits: readonly string[];
};

export type FlameFile = { readonly name: string; readonly mime: string; readonly text: string };

/** `running` is what is not waiting: on a scheduler or in its run queue, recording included. */
export type FunctionTimes = {
  readonly mfa: string;
  readonly calls: number;
  /** of the calls: how many have no known end, and so no duration */
  readonly unknown: number;
  /** of the calls: how many raised, threw or exited */
  readonly errors: number;
  /** without the recorded calls that it made, waiting left out */
  readonly selfRunningNs: number;
  readonly selfWaitingNs: number;
  /** of its outermost calls: recursion counts once */
  readonly totalNs: number;
  /** of the total, with what the calls that it made waited */
  readonly waitingNs: number;
  readonly durations: Percentiles;
  /** event of the longest call */
  readonly slowest: number | null;
};

/** `reply`: for the answer to a call; `message`: for another message; `timer`: a timeout, timer or port. */
export type WaitCause = "reply" | "message" | "timer";

/** A process with a registered name, or all those together that have the same label or ran the same. */
export type ProcessTimes = {
  /** of several: the one that ran longest */
  readonly pid: string;
  readonly name: string | null;
  readonly processes: number;
  readonly calls: number;
  readonly inCallsNs: number;
  readonly runningNs: number;
  readonly waitingNs: number;
  readonly waitingFor: Readonly<Record<WaitCause, number>>;
  /** of the waiting: known from a call and its reply with nothing between; the rest is inferred, and at most so long */
  readonly exactWaitingNs: number;
  /** outside of recorded calls until a message came */
  readonly idleNs: number;
};

export const FUNCTION_ORDERS = [
  "self",
  "total",
  "waiting",
  "calls",
  "errors",
  "p50",
  "p95",
  "p99",
  "max",
] as const;
/** What functions are ordered by, most first; `self` is running time of their own. */
export type FunctionOrder = (typeof FUNCTION_ORDERS)[number];

export type Times = {
  readonly range: TimeRange;
  readonly functions: readonly FunctionTimes[];
  readonly moreFunctions: number;
  /** by running time in calls, most first */
  readonly processes: readonly ProcessTimes[];
  readonly moreProcesses: number;
  /** over all functions and processes */
  readonly sums: {
    readonly runningNs: number;
    readonly waitingNs: number;
    readonly exactWaitingNs: number;
  };
  readonly limits: readonly string[];
};

/** There is nothing of that name in the recording. */
export type NoSubject = { readonly message: string; readonly nearest: readonly string[] };

export type OrMissing<T> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly missing: NoSubject };

export type Latency = {
  readonly function: string;
  readonly range: TimeRange;
  /** `t`: where the bucket begins, ns */
  readonly buckets: readonly ({ readonly t: number } & Percentiles)[];
  readonly limits: readonly string[];
};

/** How many calls took how long: bins of equal ratio, those without calls left out. */
export type DurationHistogram = {
  readonly function: string;
  readonly range: TimeRange;
  /** calls that began in the range and have a known end */
  readonly calls: number;
  /** of calls that began in the range */
  readonly unknown: number;
  readonly percentiles: Percentiles;
  /** from `fromNs` to below `toNs` */
  readonly bins: readonly {
    readonly fromNs: number;
    readonly toNs: number;
    readonly calls: number;
    readonly errors: number;
  }[];
  readonly limits: readonly string[];
};

export type TimedCall = {
  readonly call: number;
  readonly pid: string;
  readonly name: string | null;
  readonly t: number;
  readonly ns: number;
  readonly outcome: SpanView["outcome"];
  /** comma separated; null: not recorded */
  readonly args: string | null;
};

export type CallsByDuration = {
  readonly total: number;
  /** the longest ones */
  readonly calls: readonly TimedCall[];
};

export type Explanation = {
  readonly dimension: string;
  /** as `"sku-7"`, `>= 13` */
  readonly value: string;
  readonly slowWith: number;
  readonly slow: number;
  readonly restWith: number;
  readonly rest: number;
  readonly meanWithNs: number;
  /** null: all have it */
  readonly meanWithoutNs: number | null;
  /** 2 Σ observed × ln(observed / expected) */
  readonly g: number;
  readonly p: number;
};

export type SlowCalls = {
  readonly function: string;
  readonly range: TimeRange;
  /** slow is what took at least so long, ns */
  readonly thresholdNs: number;
  readonly calls: number;
  readonly slow: number;
  /** counts in these are of at most 400 slow and 400 other calls */
  readonly explanations: readonly Explanation[];
  readonly isSampled: boolean;
  /** event ids of the slowest ones */
  readonly slowest: readonly { readonly call: number; readonly ns: number }[];
  readonly limits: readonly string[];
};

/** Times in ns, rates per second. */
export type Mailbox = {
  readonly pid: string;
  readonly name: string | null;
  readonly arrivals: number;
  readonly departures: number;
  readonly arrivalRate: number;
  /** how many a second it could take: 1 / mean service time; null where no callback's end is known */
  readonly serviceRate: number | null;
  /** of the range: the share in which it was in a callback, waiting inside of it included */
  readonly busy: number | null;
  readonly meanLength: number;
  readonly longest: number;
  /** messages at the end of each bucket of the range */
  readonly lengths: readonly number[];
  readonly dwell: {
    readonly mean: number | null;
    readonly p50: number | null;
    readonly p95: number | null;
    readonly max: number | null;
  };
  /** event of the message that waited longest, when it was received */
  readonly longestDwell: number | null;
  /** `handled`: dwell ends when the behaviour takes the message; `received`: when it was received */
  readonly dwellEnds: "handled" | "received" | "mixed";
  /** arrival rate × mean dwell, to be held against `meanLength` */
  readonly littleLength: number | null;
  /** processes that waited for replies from it, on average, and how many different ones */
  readonly meanCallers: number;
  readonly callers: number;
  /** send event of the call that waited longest for its reply */
  readonly longestCall: number | null;
};

export type Queues = {
  readonly range: TimeRange;
  /** longest mailboxes first */
  readonly mailboxes: readonly Mailbox[];
  readonly more: number;
  readonly limits: readonly string[];
};

export type Bottleneck = Mailbox & {
  readonly score: number;
  /** of all scores */
  readonly share: number;
  readonly grows: boolean;
};

export type Bottlenecks = {
  readonly range: TimeRange;
  readonly bottlenecks: readonly Bottleneck[];
  readonly limits: readonly string[];
};
