// How much a node matters: to those who point at it, to those whose ways pass it, by its nearness.

import type { Digraph } from "@elixirscope/base";
import { reach } from "./reachability.ts";

export type Degrees = { readonly in: Int32Array; readonly out: Int32Array };

/** Edges that enter and leave each node, parallel edges counted. */
export function degrees(graph: Digraph): Degrees {
  const into = new Int32Array(graph.size);
  const out = new Int32Array(graph.size);
  for (const node of graph.from) out[node] = (out[node] ?? 0) + 1;
  for (const node of graph.to) into[node] = (into[node] ?? 0) + 1;
  return { in: into, out };
}

export type PageRankOptions = {
  /** chance to follow an edge instead of jumping anywhere; 0.85 */
  readonly damping?: number;
  /** stop when the ranks together change by less; 1e-10 */
  readonly tolerance?: number;
  readonly iterations?: number;
};

/**
 * PageRank by power iteration; the ranks add up to 1. A node without edges out jumps anywhere; parallel
 * edges weigh more. Brin and Page, "The anatomy of a large-scale hypertextual web search engine" (1998).
 */
export function pageRank(graph: Digraph, options: PageRankOptions = {}): Float64Array {
  const { damping = 0.85, tolerance = 1e-10, iterations = 200 } = options;
  const { size } = graph;
  const out = degrees(graph).out;
  let rank = new Float64Array(size).fill(1 / size);
  for (let round = 0; round < iterations; round += 1) {
    let stuck = 0;
    for (let node = 0; node < size; node += 1) if (out[node] === 0) stuck += rank[node] ?? 0;
    const next = new Float64Array(size).fill((1 - damping + damping * stuck) / size);
    for (let edge = 0; edge < graph.from.length; edge += 1) {
      const from = graph.from[edge] ?? 0;
      const to = graph.to[edge] ?? 0;
      next[to] = (next[to] ?? 0) + (damping * (rank[from] ?? 0)) / (out[from] ?? 1);
    }
    let change = 0;
    for (let node = 0; node < size; node += 1)
      change += Math.abs((next[node] ?? 0) - (rank[node] ?? 0));
    rank = next;
    if (change < tolerance) break;
  }
  return rank;
}

export type Betweenness = {
  /** shortest ways that pass a node, a pair's ways sharing 1; scaled up when sampled */
  readonly scores: Float64Array;
  /** start nodes that were used: all of them unless there were more than the bound */
  readonly starts: number;
  readonly sampled: boolean;
};

/**
 * Betweenness by Brandes, "A faster algorithm for betweenness centrality" (2001): O(nodes × edges), so
 * above `bound` nodes only `bound` starts, spread evenly, are used and the scores scaled (Brandes and
 * Pich 2007), which the answer says. Parallel edges count once.
 */
export function betweenness(graph: Digraph, bound = 2000): Betweenness {
  const { size } = graph;
  const starts = Math.min(size, bound);
  const scores = new Float64Array(size);
  const work = new BrandesPass(graph);
  for (let i = 0; i < starts; i += 1) work.add(Math.floor((i * size) / starts), scores);
  if (starts < size)
    for (let i = 0; i < size; i += 1) scores[i] = ((scores[i] ?? 0) * size) / starts;
  return { scores, starts, sampled: starts < size };
}

/** The dependencies of one start at a time; its arrays are used again for the next. */
class BrandesPass {
  readonly #successors: readonly Int32Array[];
  readonly #distance: Int32Array;
  readonly #ways: Float64Array;
  readonly #share: Float64Array;

  constructor(graph: Digraph) {
    this.#successors = Array.from({ length: graph.size }, (_, node) =>
      Int32Array.from(new Set(graph.successors(node))),
    );
    this.#distance = new Int32Array(graph.size).fill(-1);
    this.#ways = new Float64Array(graph.size);
    this.#share = new Float64Array(graph.size);
  }

  add(start: number, scores: Float64Array): void {
    const distance = this.#distance;
    const ways = this.#ways;
    const share = this.#share;
    const order = [start];
    distance[start] = 0;
    ways[start] = 1;
    for (let head = 0; head < order.length; head += 1) {
      const node = order[head] ?? 0;
      for (const to of this.#successors[node] ?? []) {
        if (distance[to] === -1) {
          distance[to] = (distance[node] ?? 0) + 1;
          order.push(to);
        }
        if (distance[to] === (distance[node] ?? 0) + 1)
          ways[to] = (ways[to] ?? 0) + (ways[node] ?? 0);
      }
    }
    for (let i = order.length - 1; i >= 0; i -= 1) {
      const node = order[i] ?? 0;
      let sum = 0;
      for (const to of this.#successors[node] ?? []) {
        if (distance[to] === (distance[node] ?? 0) + 1) {
          sum += ((ways[node] ?? 0) / (ways[to] ?? 1)) * (1 + (share[to] ?? 0));
        }
      }
      share[node] = sum;
      if (node !== start) scores[node] = (scores[node] ?? 0) + sum;
    }
    for (const node of order) {
      distance[node] = -1;
      ways[node] = 0;
      share[node] = 0;
    }
  }
}

/**
 * Closeness of each node to those that reach it, 0 to 1: (r-1)/(n-1) × (r-1)/sum of distances, with r
 * the nodes that reach it, itself included (Wasserman and Faust 1994), so that being near to few does
 * not beat being near to many. O(nodes × edges).
 */
export function closeness(graph: Digraph): Float64Array {
  const scores = new Float64Array(graph.size);
  for (let node = 0; node < graph.size; node += 1) {
    const { order, distance } = reach(graph, [node], { backward: true });
    let sum = 0;
    for (const other of order) sum += distance[other] ?? 0;
    const others = order.length - 1;
    if (sum > 0) scores[node] = (others * others) / ((graph.size - 1) * sum);
  }
  return scores;
}
