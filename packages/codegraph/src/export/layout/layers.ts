// The layer of each node: every edge goes at least one down, and edges are short.

import { Digraph, topologicalOrder } from "@elixirscope/base";

type Edge = { readonly from: number; readonly to: number };

/** Longest ways from the top; then nodes with more edges out than in move down to those they lead to. */
export function layersOf(size: number, edges: readonly Edge[]): Int32Array {
  const real = edges.filter(({ from, to }) => from !== to);
  const graph = new Digraph(
    size,
    real.map(({ from }) => from),
    real.map(({ to }) => to),
  );
  const order = topologicalOrder(graph) ?? new Int32Array(0);
  const layer = new Int32Array(size);
  for (const node of order) {
    for (const above of graph.predecessors(node)) {
      layer[node] = Math.max(layer[node] ?? 0, (layer[above] ?? 0) + 1);
    }
  }
  for (const node of order.toReversed()) {
    const below = graph.successors(node);
    if (below.length === 0 || below.length <= graph.inEdges(node).length) continue;
    layer[node] = below.reduce((least, to) => Math.min(least, layer[to] ?? 0), Infinity) - 1;
  }
  const top = layer.reduce((least, value) => Math.min(least, value), 0);
  return layer.map((value) => value - top);
}
