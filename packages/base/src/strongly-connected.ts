// Strongly connected components and the graph of components.
//
// Tarjan, "Depth-first search and linear graph algorithms" (1972), with an explicit stack. Components
// are numbered in reverse topological order: an edge between two components goes to the smaller number.

import { Digraph } from "./digraph.ts";

export type Components = {
  /** the component of each node */
  readonly of: Int32Array;
  readonly count: number;
};

/** O(nodes + edges). */
export function stronglyConnected(graph: Digraph): Components {
  const { size } = graph;
  const of = new Int32Array(size).fill(-1);
  const order = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const next = new Int32Array(size);
  const open = new Int32Array(size);
  const path = new Int32Array(size);
  let opened = 0;
  let visited = 0;
  let count = 0;

  for (let root = 0; root < size; root += 1) {
    if (order[root] !== -1) continue;
    let depth = 0;
    path[0] = root;
    order[root] = low[root] = visited++;
    open[opened++] = root;
    while (depth >= 0) {
      const node = path[depth] ?? 0;
      const edges = graph.outEdges(node);
      const at = next[node] ?? 0;
      if (at < edges.length) {
        next[node] = at + 1;
        const to = graph.to[edges[at] ?? 0] ?? 0;
        if (order[to] === -1) {
          order[to] = low[to] = visited++;
          open[opened++] = to;
          path[++depth] = to;
        } else if (of[to] === -1) {
          low[node] = Math.min(low[node] ?? 0, order[to] ?? 0);
        }
        continue;
      }
      if (low[node] === order[node]) {
        let member: number;
        do {
          member = open[--opened] ?? 0;
          of[member] = count;
        } while (member !== node);
        count += 1;
      }
      depth -= 1;
      if (depth >= 0) {
        const parent = path[depth] ?? 0;
        low[parent] = Math.min(low[parent] ?? 0, low[node] ?? 0);
      }
    }
  }
  return { of, count };
}

/** The members of each component, in the order of their numbers. */
export function componentMembers({ of, count }: Components): readonly (readonly number[])[] {
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let node = 0; node < of.length; node += 1) members[of[node] ?? 0]?.push(node);
  return members;
}

/** One node for each component, one edge for each pair of components that are joined: acyclic. */
export function condensation(graph: Digraph, components: Components): Digraph {
  const seen = new Set<number>();
  const from: number[] = [];
  const to: number[] = [];
  for (let edge = 0; edge < graph.from.length; edge += 1) {
    const a = components.of[graph.from[edge] ?? 0] ?? 0;
    const b = components.of[graph.to[edge] ?? 0] ?? 0;
    const key = a * components.count + b;
    if (a === b || seen.has(key)) continue;
    seen.add(key);
    from.push(a);
    to.push(b);
  }
  return new Digraph(components.count, from, to);
}
