// Control dependence: the branches that decide whether a node runs.
//
// Ferrante, Ottenstein and Warren, "The Program Dependence Graph and Its Use in Optimization" (1987):
// an edge a→b decides over b and what post-dominates b, up to what post-dominates a.

import type { Digraph } from "@elixirscope/base";
import type { PostDominatorTree } from "./dominators.ts";

export type ControlDependence = {
  /** the branch */
  readonly from: number;
  /** runs only if the branch takes `edge` */
  readonly to: number;
  /** index of the edge in the graph */
  readonly edge: number;
};

/**
 * How many there are at most. Their number grows with the square only where thousands of handlers lie
 * in one another: no code that a person wrote comes near.
 */
function controlDependenceLimit(graph: Digraph): number {
  return Math.max(100_000, 4 * graph.from.length);
}

/**
 * A node that depends on several edges of a branch is there once for each. As many as
 * `controlDependenceLimit` says are not all.
 */
export function controlDependences(
  graph: Digraph,
  postDominatorTree: PostDominatorTree,
): readonly ControlDependence[] {
  const { idom, virtualExit } = postDominatorTree;
  const found: ControlDependence[] = [];
  const limit = controlDependenceLimit(graph);
  for (let from = 0; from < graph.size; from += 1) {
    const stop = idom[from] ?? -1;
    if (stop === -1) continue;
    for (const edge of graph.outEdges(from)) {
      let to = graph.to[edge] ?? 0;
      // of a cycle without a way out nothing is known
      while (to !== stop && to !== virtualExit && idom[to] !== -1) {
        if (found.length >= limit) return found;
        found.push({ from, to, edge });
        to = idom[to] ?? virtualExit;
      }
    }
  }
  return found;
}
