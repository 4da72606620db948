// How deeply each function of one module is recorded: what the transformer asks for each function.

import type { Capture, Detail, Level } from "@elixirscope/trace";

export type FunctionLevel = {
  readonly level: Level;
  readonly captures: readonly Capture[];
  /** of a `full` function */
  readonly detail: Detail;
  /** somebody named the function: it is instrumented also when a macro made all of it */
  readonly named?: boolean;
};

export type ModulePlan = {
  /** by name as the compiler has it; `off` leaves the function as it is */
  readonly levelOf: (name: string, arity: number) => FunctionLevel;
};
