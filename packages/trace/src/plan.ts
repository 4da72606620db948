// What a session records and what it may cost: plain data, kept in the recording and readable by people.

/** How much of arguments, results, messages and states is kept. */
export type PayloadLimits = {
  /** term nodes kept per payload */
  readonly nodes: number;
  readonly depth: number;
  /** bytes kept of one binary */
  readonly binaryBytes: number;
};

/** Hard limits inside the target. Crossing one pauses or stops capture and is recorded as a gap. */
export type Budgets = {
  readonly eventsPerSecond: number;
  readonly eventsPerSecondPerProcess: number;
  /** memory that the probe may hold in the target */
  readonly targetMemoryBytes: number;
  /** batches on their way to the collector */
  readonly inFlightBytes: number;
  /** of the recording on disk */
  readonly recordingBytes: number;
  readonly durationMs: number | null;
};

export const DEFAULT_LIMITS: PayloadLimits = { nodes: 400, depth: 8, binaryBytes: 256 };

export const DEFAULT_BUDGETS: Budgets = {
  eventsPerSecond: 200_000,
  eventsPerSecondPerProcess: 50_000,
  targetMemoryBytes: 64 * 1024 * 1024,
  inFlightBytes: 4 * 1024 * 1024,
  recordingBytes: 10 * 1024 * 1024 * 1024,
  durationMs: null,
};

export type Sampling =
  | { readonly kind: "always" }
  /** at most this many outermost calls per second per process; each with all it calls */
  | { readonly kind: "rate"; readonly chainsPerSecond: number }
  /** each outermost call, with all it calls, is kept with this probability */
  | { readonly kind: "chains"; readonly probability: number }
  /** outermost calls that begin in one of many short windows are kept, each with all it calls; of code that is
   * recorded from inside also the calls that are open when one begins. `share`: of the time */
  | { readonly kind: "windows"; readonly share: number };

/** One function to trace. `matchSpec` is an external term (Erlang match specification) or null for any call. */
export type FunctionTrace = {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  /** `none` keeps tail calls of functions that may loop; the call is recorded without its end */
  readonly returns: "value" | "none";
};

export type CapturePlan = {
  /** the selectors as the user wrote them */
  readonly selectors: readonly string[];
  /** whose code was instrumented in place, as the user wrote it; `not …` was given back */
  readonly deep?: readonly string[];
  readonly functions: readonly FunctionTrace[];
  readonly processes: "all" | readonly string[];
  readonly messages: boolean;
  readonly lifecycle: boolean;
  readonly state: boolean;
  readonly arguments: boolean;
  readonly sampling: Sampling;
  readonly limits: PayloadLimits;
  readonly budgets: Budgets;
};
