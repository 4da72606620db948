// What is measured of a function. Plain data; each measure has its own file, which states its rules.

import type { Cfg } from "../flow/cfg.ts";
import type { FunctionKey } from "../module/module-data.ts";
import type { FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import { abc } from "./abc.ts";
import { cognitiveComplexity } from "./cognitive.ts";
import {
  callersReason,
  criticality,
  criticalityReasons,
  type CriticalityReason,
} from "./criticality.ts";
import { cyclomatic } from "./cyclomatic.ts";
import { halstead } from "./halstead.ts";
import { patternMatchComplexity } from "./pattern-match.ts";
import { stateComplexity, stateUse } from "./state-complexity.ts";

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
  readonly criticalityReasons: readonly CriticalityReason[];
};

export function functionMetrics(
  fn: FunctionSyntax,
  module: ModuleSyntax,
  cfg: Cfg,
): FunctionMetrics {
  const { complexity, nesting } = cognitiveComplexity(fn, module);
  const state = stateUse(fn, module);
  const reasons = criticalityReasons(fn, module);
  return {
    function: fn.data.key,
    lines: linesOf(fn),
    clauses: fn.clauses.length,
    cyclomatic: cyclomatic(cfg),
    cognitive: complexity,
    nesting,
    abc: abc(fn),
    halstead: halstead(fn),
    patternMatch: patternMatchComplexity(fn),
    state: state === null ? 0 : stateComplexity(state),
    criticality: criticality(reasons),
    criticalityReasons: reasons,
  };
}

/** Adds what only the whole project knows: from how many places the function is called. */
export function withCallers(metrics: FunctionMetrics, callers: number): FunctionMetrics {
  const reason = callersReason(callers);
  if (reason === null) return metrics;
  const others = metrics.criticalityReasons.filter(({ kind }) => kind !== "callers");
  const reasons = [...others, reason];
  return { ...metrics, criticality: criticality(reasons), criticalityReasons: reasons };
}

/** Lines of its clauses; what stands between them is not counted. */
function linesOf(fn: FunctionSyntax): number {
  let lines = 0;
  for (const { range } of fn.data.clauses) lines += range.endLine - range.line + 1;
  return lines;
}
