// Natural loops and how they nest.
//
// A back edge leads to a node that dominates its origin: the loop's header. Bodies are found inner loops
// first, each taken as one node by the outer (as LLVM's LoopInfo does), so that depth costs no square.
// A cycle that can be entered at two places has no header: its retreating edges are told apart.

import { depthFirst } from "./depth-first.ts";
import type { Digraph } from "@elixirscope/base";
import { type DominatorTree, dominators } from "./dominators.ts";

export type Loop = {
  readonly header: number;
  /** indexes of the edges back to the header */
  readonly backEdges: readonly number[];
  /** index of the loop around it, -1 for none */
  readonly parent: number;
  /** 1 for an outermost loop */
  readonly depth: number;
};

export type LoopForest = {
  /** outer loops before inner ones */
  readonly loops: readonly Loop[];
  /** the innermost loop of each node, -1 for none */
  readonly loopOf: Int32Array;
  /** edges that close a cycle without a header that dominates it */
  readonly irreducible: readonly number[];
};

export function naturalLoops(
  graph: Digraph,
  root: number,
  tree: DominatorTree = dominators(graph, root),
): LoopForest {
  const { postorder } = depthFirst(graph, root);
  const { backEdges, irreducible } = cycleEdges(graph, postorder, tree);
  const loopOf = new Int32Array(graph.size).fill(-1);
  const found: Found[] = [];

  // postorder has a header after the headers that it dominates
  for (const header of postorder) {
    const edges = backEdges.get(header);
    if (edges === undefined) continue;
    const index = found.length;
    found.push({ header, backEdges: edges, parent: -1, top: index });
    const work = edges.map((edge) => graph.from[edge] ?? 0);
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      const inner = loopOf[node] ?? -1;
      if (inner === -1) {
        loopOf[node] = index;
        if (node !== header) pushReached(graph, tree, node, work);
        continue;
      }
      const loop = outermost(found, inner);
      const taken = found[loop];
      if (loop === index || taken === undefined) continue;
      taken.parent = index;
      taken.top = index;
      pushReached(graph, tree, taken.header, work);
    }
  }
  return { ...outerFirst(found, loopOf), irreducible };
}

type Found = {
  readonly header: number;
  readonly backEdges: readonly number[];
  parent: number;
  /** a loop around it, the way to the outermost */
  top: number;
};

/** Halves the way for the next who asks. */
function outermost(found: readonly Found[], loop: number): number {
  let at = loop;
  for (;;) {
    const here = found[at];
    if (here === undefined || here.top === at) return at;
    here.top = found[here.top]?.top ?? here.top;
    at = here.top;
  }
}

/** Predecessors that the root reaches. */
function pushReached(graph: Digraph, { idom }: DominatorTree, node: number, work: number[]): void {
  for (const edge of graph.inEdges(node)) {
    const from = graph.from[edge] ?? 0;
    if (idom[from] !== -1) work.push(from);
  }
}

function cycleEdges(
  graph: Digraph,
  postorder: readonly number[],
  tree: DominatorTree,
): { backEdges: ReadonlyMap<number, number[]>; irreducible: readonly number[] } {
  const left = new Int32Array(graph.size).fill(-1);
  postorder.forEach((node, at) => {
    left[node] = at;
  });
  const backEdges = new Map<number, number[]>();
  const irreducible: number[] = [];
  for (let edge = 0; edge < graph.from.length; edge += 1) {
    const from = graph.from[edge] ?? 0;
    const to = graph.to[edge] ?? 0;
    if (left[from] === -1 || (left[to] ?? 0) < (left[from] ?? 0)) continue;
    if (!tree.dominates(to, from)) irreducible.push(edge);
    else if (backEdges.get(to)?.push(edge) === undefined) backEdges.set(to, [edge]);
  }
  return { backEdges, irreducible };
}

/** Outer loops were found last. */
function outerFirst(found: readonly Found[], loopOf: Int32Array): Omit<LoopForest, "irreducible"> {
  const last = found.length - 1;
  const loops: Loop[] = [];
  for (const { header, backEdges, parent } of found.toReversed()) {
    const outer = parent === -1 ? -1 : last - parent;
    loops.push({ header, backEdges, parent: outer, depth: (loops[outer]?.depth ?? 0) + 1 });
  }
  return { loops, loopOf: loopOf.map((loop) => (loop === -1 ? -1 : last - loop)) };
}
