// Nodes in an order in which every edge goes forward.
//
// Kahn, "Topological sorting of large networks" (1962). Of the nodes that could come next, the smallest
// does, so that the answer depends on the graph alone.

import type { Digraph } from "./digraph.ts";

/** Null when the graph has a cycle (a self loop is one). O((nodes + edges) log nodes). */
export function topologicalOrder(graph: Digraph): Int32Array | null {
  const waiting = new Int32Array(graph.size);
  for (const node of graph.to) waiting[node] = (waiting[node] ?? 0) + 1;
  const ready = new MinHeap();
  for (let node = 0; node < graph.size; node += 1) if (waiting[node] === 0) ready.push(node);
  const order = new Int32Array(graph.size);
  let placed = 0;
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order[placed++] = node;
    for (const edge of graph.outEdges(node)) {
      const to = graph.to[edge] ?? 0;
      const left = (waiting[to] ?? 0) - 1;
      waiting[to] = left;
      if (left === 0) ready.push(to);
    }
  }
  return placed === graph.size ? order : null;
}

class MinHeap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] ?? 0;
      if (above <= item) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if ((items[child + 1] ?? Infinity) < (items[child] ?? Infinity)) child += 1;
      const below = items[child] ?? 0;
      if (below >= last) break;
      items[at] = below;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
