// What is measured of a function and of a module. Plain data.

import type { FunctionKey } from "../module/module-data.ts";

export type FunctionMetrics = {
  readonly function: FunctionKey;
  readonly lines: number;
  readonly clauses: number;
  /** McCabe over the function's CFG with its closures, implicit errors left out */
  readonly cyclomatic: number;
  readonly cognitive: number;
  readonly nesting: number;
  readonly abc: {
    readonly assignments: number;
    readonly branches: number;
    readonly conditions: number;
    readonly size: number;
  };
  readonly halstead: {
    readonly distinctOperators: number;
    readonly distinctOperands: number;
    readonly operators: number;
    readonly operands: number;
    readonly volume: number;
    readonly difficulty: number;
    readonly effort: number;
  };
  readonly patternMatch: number;
  readonly state: number;
  /** 0 to 1: how much its speed is likely to matter (loops, recursion, callbacks of servers, fan-in) */
  readonly criticality: number;
};

export type ModuleMetrics = {
  readonly module: string;
  readonly lines: number;
  readonly commentLines: number;
  readonly functions: number;
  readonly publicFunctions: number;
  readonly documented: number;
  readonly specified: number;
  /** modules that it calls, and that call it */
  readonly fanOut: number;
  readonly fanIn: number;
};
