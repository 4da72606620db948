// What `run` is asked to record, and the answer when nobody said anything.

import type { OnlyPattern, PlanChoice } from "@elixirscope/instrument";
import type { Strategy } from "@elixirscope/trace";

export type WhatOptions = {
  readonly plan?: string;
  readonly strategy?: Strategy;
  readonly only?: readonly string[];
};

export type WhatToRecord = {
  readonly choice: PlanChoice;
  /** names in the plan that the project does not have */
  readonly warnings: readonly string[];
};

/** Every value of every function. */
export function everything(only: readonly OnlyPattern[] = []): WhatToRecord {
  return { choice: { plan: null, others: "full", detail: null, only }, warnings: [] };
}
