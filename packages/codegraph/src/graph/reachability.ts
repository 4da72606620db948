// What can be reached and by which way: breadth first, so that distances are the smallest.

import type { Digraph } from "@elixirscope/base";

export type Reached = {
  /** edges from the nearest start; -1 where it cannot be reached */
  readonly distance: Int32Array;
  /** the edge by which a node was first reached; -1 for starts and the unreached */
  readonly via: Int32Array;
  /** the reached nodes, nearest first, starts included */
  readonly order: readonly number[];
};

export type ReachOptions = {
  /** against the edges: who reaches the starts */
  readonly backward?: boolean;
  /** how many edges far at most */
  readonly depth?: number;
};

/** Breadth-first search from several starts; starts outside the graph are left out. O(nodes + edges). */
export function reach(
  graph: Digraph,
  starts: Iterable<number>,
  options: ReachOptions = {},
): Reached {
  const { depth = Infinity, backward = false } = options;
  const distance = new Int32Array(graph.size).fill(-1);
  const via = new Int32Array(graph.size).fill(-1);
  const order: number[] = [];
  for (const start of starts) {
    if (distance[start] !== -1) continue;
    distance[start] = 0;
    order.push(start);
  }
  const ends = backward ? graph.from : graph.to;
  for (let head = 0; head < order.length; head += 1) {
    const node = order[head] ?? 0;
    const here = distance[node] ?? 0;
    if (here >= depth) continue;
    for (const edge of backward ? graph.inEdges(node) : graph.outEdges(node)) {
      const end = ends[edge] ?? 0;
      if (distance[end] !== -1) continue;
      distance[end] = here + 1;
      via[end] = edge;
      order.push(end);
    }
  }
  return { distance, via, order };
}

/** The edges of a shortest way from `from` to `to`: empty when they are the same, null when there is none. */
export function shortestPath(graph: Digraph, from: number, to: number): readonly number[] | null {
  const { distance, via } = reach(graph, [from]);
  if ((distance[to] ?? -1) === -1) return null;
  const edges: number[] = [];
  for (let node = to; node !== from;) {
    const edge = via[node] ?? 0;
    edges.push(edge);
    node = graph.from[edge] ?? 0;
  }
  return edges.toReversed();
}
