// Natural loops against their definition, and how they nest.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digraph, topologicalOrder } from "@elixirscope/base";
import { dominators } from "./dominators.ts";
import { naturalLoops } from "./loops.ts";

function digraph(size: number, edges: readonly (readonly [number, number])[]): Digraph {
  return new Digraph(
    size,
    edges.map(([a]) => a),
    edges.map(([, b]) => b),
  );
}

const graphs = fc
  .integer({ min: 1, max: 9 })
  .chain((size) =>
    fc
      .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 22 })
      .map((edges) => digraph(size, edges)),
  );

/** The header, and whatever reaches one of its back edges without passing it. */
function bodyByDefinition(graph: Digraph, header: number): ReadonlySet<number> {
  const tree = dominators(graph, 0);
  const body = new Set([header]);
  for (const from of graph.predecessors(header)) if (tree.dominates(header, from)) body.add(from);
  for (const node of body) {
    if (node === header) continue;
    for (const from of graph.predecessors(node)) if (tree.idom[from] !== -1) body.add(from);
  }
  return body;
}

describe("natural loops", () => {
  it("hold what reaches the way back without passing the header", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const tree = dominators(graph, 0);
        const { loops, loopOf } = naturalLoops(graph, 0);
        const headers = new Set(
          [...graph.from].flatMap((from, edge) => {
            const to = graph.to[edge] ?? 0;
            return tree.dominates(to, from) ? [to] : [];
          }),
        );
        expect(new Set(loops.map((loop) => loop.header))).toEqual(headers);
        loops.forEach(({ header, parent, depth }, index) => {
          const members = new Set<number>();
          for (let node = 0; node < graph.size; node += 1) {
            for (let at = loopOf[node] ?? -1; at !== -1; at = loops[at]?.parent ?? -1) {
              if (at === index) members.add(node);
            }
          }
          expect(members).toEqual(bodyByDefinition(graph, header));
          expect(parent).toBeLessThan(index);
          expect(depth).toBe((loops[parent]?.depth ?? 0) + 1);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("are all cycles there are when no edge is irreducible", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const tree = dominators(graph, 0);
        const { irreducible } = naturalLoops(graph, 0);
        const kept = [...graph.from].flatMap((from, edge) => {
          const to = graph.to[edge] ?? 0;
          const forward = tree.idom[from] !== -1 && !tree.dominates(to, from);
          return forward ? [[from, to] as const] : [];
        });
        const isAcyclic = topologicalOrder(digraph(graph.size, kept)) !== null;
        expect(irreducible.length === 0).toBe(isAcyclic);
      }),
      { numRuns: 500 },
    );
  });

  it("nest", () => {
    // 0 → 1 → 2 → 3, back from 2 to 2, from 3 to 1
    const { loops, loopOf } = naturalLoops(
      digraph(5, [
        [0, 1],
        [1, 2],
        [2, 2],
        [2, 3],
        [3, 1],
        [3, 4],
      ]),
      0,
    );
    expect(loops).toEqual([
      { header: 1, backEdges: [4], parent: -1, depth: 1 },
      { header: 2, backEdges: [2], parent: 0, depth: 2 },
    ]);
    expect([...loopOf]).toEqual([-1, 0, 1, 0, -1]);
  });

  it("of a cycle with two entries are none", () => {
    const { loops, irreducible } = naturalLoops(
      digraph(3, [
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 1],
      ]),
      0,
    );
    expect(loops).toEqual([]);
    expect(irreducible).toEqual([3]);
  });

  it("10,000 deep are found in linear memory", () => {
    const depth = 10_000;
    const edges: (readonly [number, number])[] = [];
    for (let node = 0; node < depth; node += 1) {
      edges.push([node, node + 1]);
      if (node > 0) edges.push([node + 1, node]);
    }
    const { loops } = naturalLoops(digraph(depth + 1, edges), 0);
    expect(loops.length).toBe(depth - 1);
    expect(loops.at(-1)?.depth).toBe(depth - 1);
  });
});
