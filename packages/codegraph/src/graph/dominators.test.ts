// Dominators and what is built on them, against their definitions on random graphs: unreachable nodes,
// parallel edges, self loops and irreducible cycles included.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlDependences } from "./control-dependence.ts";
import { Digraph } from "@elixirscope/base";
import { dominanceFrontiers, dominators, postDominators } from "./dominators.ts";

const graphs = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 22 }).map(
    (edges) =>
      new Digraph(
        size,
        edges.map(([a]) => a),
        edges.map(([, b]) => b),
      ),
  ),
);

/** What `start` reaches without passing `without`. */
function reachedFrom(graph: Digraph, start: number, without = -1): ReadonlySet<number> {
  const seen = new Set(start === without ? [] : [start]);
  for (const node of seen) {
    for (const to of graph.successors(node)) if (to !== without) seen.add(to);
  }
  return seen;
}

/** By definition: reached, and not when `a` is taken away. */
function dominatesByDefinition(graph: Digraph, root: number, a: number, b: number): boolean {
  if (!reachedFrom(graph, root).has(b)) return false;
  return a === b || !reachedFrom(graph, root, a).has(b);
}

/** The strict dominator that all others dominate; -1 for the unreached, itself for the root. */
function nearestByDefinition(graph: Digraph, node: number): number {
  if (node === 0) return 0;
  const strict = nodesOf(graph).filter(
    (a) => a !== node && dominatesByDefinition(graph, 0, a, node),
  );
  const isNearest = (a: number): boolean =>
    strict.every((b) => dominatesByDefinition(graph, 0, b, a));
  return strict.find(isNearest) ?? -1;
}

const nodesOf = (graph: Digraph): number[] => Array.from({ length: graph.size }, (_, i) => i);

describe("dominators", () => {
  it("are the nodes without which there is no way", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const tree = dominators(graph, 0);
        for (const a of nodesOf(graph)) {
          for (const b of nodesOf(graph)) {
            expect(tree.dominates(a, b)).toBe(dominatesByDefinition(graph, 0, a, b));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("have the nearest as the immediate one", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { idom } = dominators(graph, 0);
        const expected = nodesOf(graph).map((node) => nearestByDefinition(graph, node));
        expect([...idom]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("end at their frontier", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const reached = reachedFrom(graph, 0);
        const frontiers = dominanceFrontiers(graph, dominators(graph, 0));
        for (const a of nodesOf(graph)) {
          const expected = nodesOf(graph).filter(
            (b) =>
              reached.has(b) &&
              [...graph.predecessors(b)].some((p) => dominatesByDefinition(graph, 0, a, p)) &&
              !(a !== b && dominatesByDefinition(graph, 0, a, b)),
          );
          expect(frontiers[a]).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of 100,000 nodes that all lead to one are found without recursion", () => {
    const size = 100_000;
    const from: number[] = [];
    const to: number[] = [];
    for (let node = 0; node < size - 2; node += 1) {
      from.push(node, node);
      to.push(node + 1, size - 1);
    }
    const { idom } = dominators(new Digraph(size, from, to), 0);
    expect([idom[size - 1], idom[size - 2], idom[1]]).toEqual([0, size - 3, 0]);
  });
});

/** The graph against its edges, with a virtual exit behind node 0 and every node without a way on. */
function backward(graph: Digraph): Digraph {
  const ends = nodesOf(graph).filter((node) => node === 0 || graph.outEdges(node).length === 0);
  const exit = graph.size;
  return new Digraph(exit + 1, [...graph.to, ...ends.map(() => exit)], [...graph.from, ...ends]);
}

describe("post-dominators", () => {
  it("are the nodes that every way to an end passes", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const tree = postDominators(graph, [0]);
        const reversed = backward(graph);
        expect(tree.virtualExit).toBe(graph.size);
        for (const a of nodesOf(reversed)) {
          for (const b of nodesOf(reversed)) {
            expect(tree.dominates(a, b)).toBe(dominatesByDefinition(reversed, graph.size, a, b));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("tell which branches decide over a node", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const tree = postDominators(graph, [0]);
        const reversed = backward(graph);
        const after = (a: number, b: number): boolean =>
          dominatesByDefinition(reversed, graph.size, a, b);
        const found = controlDependences(graph, tree).map(({ to, edge }) => `${edge} ${to}`);
        const expected = [...graph.from].flatMap((from, edge) => {
          const next = graph.to[edge] ?? 0;
          if (!after(from, from)) return [];
          return nodesOf(graph)
            .filter((node) => after(node, next) && !(node !== from && after(node, from)))
            .map((node) => `${edge} ${node}`);
        });
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 300 },
    );
  });
});
