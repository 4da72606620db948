// Depth-first search from one node, with an explicit stack.

import type { Digraph } from "@elixirscope/base";

export type DepthFirst = {
  /** nodes in the order of their first visit */
  readonly order: readonly number[];
  /** the place of a node in it, -1 when the root does not reach it */
  readonly number: Int32Array;
  /** by places: the place of the node from which it was first visited; the root's is 0 */
  readonly parent: readonly number[];
  /** nodes in the order in which they were left; a node comes after those that it dominates */
  readonly postorder: readonly number[];
};

/** O(nodes + edges). */
export function depthFirst(graph: Digraph, root: number): DepthFirst {
  const number = new Int32Array(graph.size).fill(-1);
  const next = new Int32Array(graph.size);
  const order = [root];
  const parent = [0];
  const postorder: number[] = [];
  const path = [root];
  number[root] = 0;
  for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
    const edges = graph.outEdges(node);
    const at = next[node] ?? 0;
    next[node] = at + 1;
    const edge = edges[at];
    if (edge === undefined) {
      postorder.push(node);
      path.pop();
      continue;
    }
    const to = graph.to[edge] ?? 0;
    if (number[to] !== -1) continue;
    number[to] = order.length;
    order.push(to);
    parent.push(number[node] ?? 0);
    path.push(to);
  }
  return { order, number, parent, postorder };
}
