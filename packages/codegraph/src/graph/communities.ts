// Groups of nodes that are joined more among themselves than with the rest.
//
// Blondel et al., "Fast unfolding of communities in large networks" (2008): nodes move to the neighbour
// group that gains most modularity, then groups become nodes and it begins again. Directions are
// ignored, parallel edges weigh more, nodes are visited in their order and ties go to the smaller
// group, so that the same graph gives the same groups.

import type { Digraph } from "@elixirscope/base";

export type Communities = {
  /** the group of each node, numbered by first appearance */
  readonly of: Int32Array;
  readonly count: number;
  /** Newman's modularity of the groups, -0.5 to 1; 0 for a graph without edges */
  readonly modularity: number;
};

/** An undirected weighted graph: each edge stands at both ends, `self` holds twice the loops' weight. */
type Weighted = {
  readonly neighbours: readonly ReadonlyMap<number, number>[];
  readonly self: Float64Array;
};

export function communities(graph: Digraph): Communities {
  let level = undirected(graph);
  let of = Int32Array.from({ length: graph.size }, (_, node) => node);
  for (;;) {
    const groups = moveNodes(level);
    const count = renumber(groups);
    of = of.map((group) => groups[group] ?? 0);
    if (count === level.neighbours.length) break;
    level = contract(level, groups, count);
  }
  const count = renumber(of);
  return { of, count, modularity: modularity(graph, of, count) };
}

/** Newman and Girvan (2004): the share of edges inside groups minus what chance would give. */
export function modularity(graph: Digraph, of: ArrayLike<number>, count: number): number {
  const edges = graph.from.length;
  if (edges === 0) return 0;
  const inside = new Float64Array(count);
  const ends = new Float64Array(count);
  for (let edge = 0; edge < edges; edge += 1) {
    const a = of[graph.from[edge] ?? 0] ?? 0;
    const b = of[graph.to[edge] ?? 0] ?? 0;
    ends[a] = (ends[a] ?? 0) + 1;
    ends[b] = (ends[b] ?? 0) + 1;
    if (a === b) inside[a] = (inside[a] ?? 0) + 1;
  }
  return inside.reduce(
    (sum, within, group) => sum + within / edges - ((ends[group] ?? 0) / (2 * edges)) ** 2,
    0,
  );
}

function undirected(graph: Digraph): Weighted {
  const neighbours = Array.from({ length: graph.size }, () => new Map<number, number>());
  const self = new Float64Array(graph.size);
  for (let edge = 0; edge < graph.from.length; edge += 1) {
    const a = graph.from[edge] ?? 0;
    const b = graph.to[edge] ?? 0;
    if (a === b) self[a] = (self[a] ?? 0) + 2;
    else {
      add(neighbours[a], b, 1);
      add(neighbours[b], a, 1);
    }
  }
  return { neighbours, self };
}

function add(weights: Map<number, number> | undefined, key: number, weight: number): void {
  weights?.set(key, (weights.get(key) ?? 0) + weight);
}

/** Moves single nodes until no move gains; at most 100 rounds, since rounding could make it swing. */
function moveNodes({ neighbours, self }: Weighted): Int32Array {
  const size = neighbours.length;
  const group = Int32Array.from({ length: size }, (_, node) => node);
  const degree = self.slice();
  neighbours.forEach((weights, node) => {
    for (const weight of weights.values()) degree[node] = (degree[node] ?? 0) + weight;
  });
  const total = degree.reduce((sum, value) => sum + value, 0);
  const groupDegree = degree.slice();
  let moved = total > 0;
  for (let round = 0; moved && round < 100; round += 1) {
    moved = false;
    for (let node = 0; node < size; node += 1) {
      const own = group[node] ?? 0;
      const weight = degree[node] ?? 0;
      const links = new Map<number, number>([[own, 0]]);
      for (const [other, value] of neighbours[node] ?? []) add(links, group[other] ?? 0, value);
      groupDegree[own] = (groupDegree[own] ?? 0) - weight;
      let best = own;
      let bestGain = (links.get(own) ?? 0) - (weight * (groupDegree[own] ?? 0)) / total;
      for (const [candidate, link] of links) {
        const gain = link - (weight * (groupDegree[candidate] ?? 0)) / total;
        const better = gain > bestGain + 1e-12;
        const tie = best !== own && candidate < best && gain > bestGain - 1e-12;
        if (!better && !tie) continue;
        best = candidate;
        bestGain = gain;
      }
      groupDegree[best] = (groupDegree[best] ?? 0) + weight;
      if (best === own) continue;
      group[node] = best;
      moved = true;
    }
  }
  return group;
}

function contract({ neighbours, self }: Weighted, groups: Int32Array, count: number): Weighted {
  const next = Array.from({ length: count }, () => new Map<number, number>());
  const nextSelf = new Float64Array(count);
  neighbours.forEach((weights, node) => {
    const a = groups[node] ?? 0;
    nextSelf[a] = (nextSelf[a] ?? 0) + (self[node] ?? 0);
    for (const [other, weight] of weights) {
      const b = groups[other] ?? 0;
      if (a === b) nextSelf[a] = (nextSelf[a] ?? 0) + weight;
      else add(next[a], b, weight);
    }
  });
  return { neighbours: next, self: nextSelf };
}

/** Groups numbered 0, 1, … by first appearance, in place; answers how many. */
function renumber(groups: Int32Array): number {
  const numbers = new Map<number, number>();
  groups.forEach((group, node) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    groups[node] = number;
  });
  return numbers.size;
}
