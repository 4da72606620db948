// Metrics of functions with what only the project knows: from how many places each is called.

import { withCallers, type FunctionMetrics } from "../metrics/function-metrics.ts";
import type { FunctionKey } from "../module/module-data.ts";
import type { Analysis } from "../repository/analysis.ts";

export function linkedMetrics({
  files,
  graphs,
}: Pick<Analysis, "files" | "graphs">): ReadonlyMap<FunctionKey, FunctionMetrics> {
  const { calls } = graphs;
  const linked = new Map<FunctionKey, FunctionMetrics>();
  for (const { metrics } of files) {
    for (const one of metrics) {
      const node = calls.indexOf(one.function);
      const callers = node === undefined ? 0 : calls.graph.inEdges(node).length;
      linked.set(one.function, withCallers(one, callers));
    }
  }
  return linked;
}
