// What is to be instrumented, how deeply, why, and what it is estimated to cost: plain data that a
// person reads and edits as a file and that the transformer carries out.

export const STRATEGIES = ["full", "balanced", "minimal"] as const;
/** `full`: every value of every function. `balanced`: what explains most within the budget. `minimal`: errors and states. */
export type Strategy = (typeof STRATEGIES)[number];

export const LEVELS = ["off", "minimal", "boundaries", "full"] as const;
/**
 * - `off`: untouched          - `minimal`: exceptions, and states of OTP callbacks
 * - `boundaries`: entry, exit - `full`: also each binding, clause and branch taken
 */
export type Level = (typeof LEVELS)[number];

export const CAPTURES = [
  "arguments",
  "result",
  "exception",
  "state",
  "bindings",
  "branches",
  "messages",
] as const;
export type Capture = (typeof CAPTURES)[number];

export const DETAILS = ["bindings", "lines", "expressions"] as const;
/** How fine a `full` function is recorded: bindings and branches; also each line; also the value of each call and operator. */
export type Detail = (typeof DETAILS)[number];

export type PlannedFunction = {
  /** `Shop.Cart.add/3` */
  readonly function: string;
  readonly level: Level;
  readonly captures: readonly Capture[];
  /** of a `full` function */
  readonly detail: Detail;
  readonly why: string;
  /** it may loop by tail calls: they are kept, so its exit is seen as a tail call without a result */
  readonly tailLoop: boolean;
  /** estimated for one call, ns */
  readonly costNs: number;
  /** estimated share of the whole program's running time, 0 to 1 */
  readonly share: number;
};

export type PlanEstimate = {
  /** added running time as a share of the program's, 0.01 is 1% */
  readonly overhead: number;
  /** `model`: from the code alone; `recording`: from calls counted and timed in a recording */
  readonly basis: "model" | "recording";
  /** functions whose calls the recording had; 0 for a model */
  readonly measuredFunctions: number;
};

export type InstrumentationPlan = {
  readonly version: 1;
  readonly strategy: Strategy;
  /** the most that may be added to the running time; null for no limit */
  readonly budget: number | null;
  /** of the time, in short windows, in which calls are kept: 1 is all */
  readonly sample: number;
  readonly estimate: PlanEstimate;
  readonly functions: readonly PlannedFunction[];
};
