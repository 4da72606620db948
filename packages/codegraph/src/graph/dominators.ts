// Dominators: the nodes that every way from the root to a node passes.
//
// Semi-NCA from Georgiadis, Tarjan and Werneck, "Finding Dominators in Practice" (2006): semidominators
// after Lengauer and Tarjan (1979), then the nearest common ancestor by walking up. Near linear on
// control flow, also where thousands of calls lead to one error exit, which costs the iterative
// algorithm of Cooper, Harvey and Kennedy (2001) the square. The frontiers are that paper's.

import { depthFirst } from "./depth-first.ts";
import { Digraph } from "@elixirscope/base";

export type DominatorTree = {
  readonly root: number;
  /** the immediate dominator of each node; the root's is itself, -1 where the root does not reach */
  readonly idom: Int32Array;
  /** does every way from the root to `b` pass `a`? A node dominates itself; the unreached nothing. */
  readonly dominates: (a: number, b: number) => boolean;
};

/** O(edges × log nodes) but for contrived graphs. */
export function dominators(graph: Digraph, root: number): DominatorTree {
  const idom = immediateDominators(graph, root);
  const { first, last } = treeIntervals(idom, root);
  return {
    root,
    idom,
    dominates: (a, b) => {
      const at = first[b] ?? -1;
      const from = first[a] ?? -1;
      return from >= 0 && at >= from && at <= (last[a] ?? -1);
    },
  };
}

function immediateDominators(graph: Digraph, root: number): Int32Array {
  const { order, number, parent } = depthFirst(graph, root);
  const count = order.length;
  // all of the following count in depth-first numbers
  const semi = Int32Array.from({ length: count }, (_, at) => at);
  const label = Int32Array.from(semi);
  const ancestor = new Int32Array(count).fill(-1);
  const idom = Int32Array.from(parent);
  const path: number[] = [];

  const evaluate = (v: number): number => {
    if (ancestor[v] === -1) return v;
    for (let at = v; (ancestor[ancestor[at] ?? -1] ?? -1) !== -1; at = ancestor[at] ?? 0) {
      path.push(at);
    }
    for (let at = path.pop(); at !== undefined; at = path.pop()) {
      const above = ancestor[at] ?? 0;
      const best = label[above] ?? 0;
      if ((semi[best] ?? 0) < (semi[label[at] ?? 0] ?? 0)) label[at] = best;
      ancestor[at] = ancestor[above] ?? 0;
    }
    return label[v] ?? 0;
  };

  for (let w = count - 1; w > 0; w -= 1) {
    let least = parent[w] ?? 0;
    for (const edge of graph.inEdges(order[w] ?? 0)) {
      const v = number[graph.from[edge] ?? 0] ?? -1;
      if (v === -1) continue;
      least = Math.min(least, semi[evaluate(v)] ?? 0);
    }
    semi[w] = least;
    ancestor[w] = parent[w] ?? 0;
  }
  for (let w = 1; w < count; w += 1) {
    let above = idom[w] ?? 0;
    while (above > (semi[w] ?? 0)) above = idom[above] ?? 0;
    idom[w] = above;
  }

  const result = new Int32Array(graph.size).fill(-1);
  for (let w = 0; w < count; w += 1) result[order[w] ?? 0] = order[idom[w] ?? 0] ?? root;
  result[root] = root;
  return result;
}

/** Each node's interval in a walk of the tree: what is below lies inside. */
function treeIntervals(idom: Int32Array, root: number): { first: Int32Array; last: Int32Array } {
  const below = childrenOf(idom, root);
  const first = new Int32Array(idom.length).fill(-1);
  const last = new Int32Array(idom.length).fill(-1);
  let clock = 0;
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    // a complement marks the way back up
    if (node < 0) {
      last[~node] = clock - 1;
      continue;
    }
    first[node] = clock;
    clock += 1;
    stack.push(~node);
    for (const child of below[node] ?? []) stack.push(child);
  }
  return { first, last };
}

function childrenOf(idom: Int32Array, root: number): readonly (readonly number[])[] {
  const below: number[][] = Array.from(idom, () => []);
  idom.forEach((above, node) => {
    if (above !== -1 && node !== root) below[above]?.push(node);
  });
  return below;
}

/** For each node where its dominance ends: it dominates a predecessor of them, not them. */
export function dominanceFrontiers(
  graph: Digraph,
  { idom, root }: DominatorTree,
): readonly (readonly number[])[] {
  const frontiers: number[][] = Array.from(idom, () => []);
  const above = (node: number): number => (node === root ? -1 : (idom[node] ?? -1));
  for (let node = 0; node < graph.size; node += 1) {
    if (idom[node] === -1) continue;
    const stop = above(node);
    for (const edge of graph.inEdges(node)) {
      let runner = graph.from[edge] ?? 0;
      if (idom[runner] === -1) continue;
      for (; runner !== stop; runner = above(runner)) {
        const frontier = frontiers[runner];
        if (frontier !== undefined && frontier.at(-1) !== node) frontier.push(node);
      }
    }
  }
  return frontiers;
}

export type PostDominatorTree = DominatorTree & {
  /** the node added behind every end; `size` of the graph */
  readonly virtualExit: number;
};

/**
 * Dominators against the edges, from a virtual exit behind `exits` and behind every node without a way
 * on (a process that waits for ever). Of a cycle without a way out nothing is known: -1.
 */
export function postDominators(graph: Digraph, exits: readonly number[]): PostDominatorTree {
  const virtualExit = graph.size;
  const ends = new Set(exits);
  for (let node = 0; node < graph.size; node += 1) {
    if (graph.outEdges(node).length === 0) ends.add(node);
  }
  const from = [...graph.to, ...[...ends].map(() => virtualExit)];
  const to = [...graph.from, ...ends];
  return { ...dominators(new Digraph(graph.size + 1, from, to), virtualExit), virtualExit };
}
