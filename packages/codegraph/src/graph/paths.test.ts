// Paths against plain search on small graphs, and their bounds on large ones.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Digraph } from "@elixirscope/base";
import { type Path, paths } from "./paths.ts";

function digraph(size: number, edges: readonly (readonly [number, number])[]): Digraph {
  return new Digraph(
    size,
    edges.map(([a]) => a),
    edges.map(([, b]) => b),
  );
}

const graphs = fc
  .integer({ min: 1, max: 6 })
  .chain((size) =>
    fc
      .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 9 })
      .map((edges) => digraph(size, edges)),
  );

function allPaths(
  graph: Digraph,
  exits: readonly number[],
  visits: number,
  length: number,
): Path[] {
  const found: Path[] = [];
  const go = (node: number, path: readonly number[], before: readonly number[]): void => {
    if (before.filter((other) => other === node).length >= visits) return;
    if (exits.includes(node)) found.push(path);
    else if (path.length < length) {
      for (const edge of graph.outEdges(node)) {
        go(graph.to[edge] ?? 0, [...path, edge], [...before, node]);
      }
    }
  };
  go(0, [], []);
  return found;
}

describe("paths", () => {
  it("are all there are within the bounds, each once", () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 2 }), fc.nat(8), (graph, visits, length) => {
        const exits = [graph.size - 1];
        const found = [
          ...paths(graph, 0, exits, { maxPaths: 1e6, maxVisits: visits, maxLength: length }),
        ];
        expect(found).toEqual(allPaths(graph, exits, visits, length));
      }),
      { numRuns: 500 },
    );
  });

  it("go round a loop as often as they may be at its head", () => {
    const loop = digraph(3, [
      [0, 0],
      [0, 2],
    ]);
    expect([...paths(loop, 0, [2], { maxVisits: 3 })]).toEqual([[0, 0, 1], [0, 1], [1]]);
  });

  it("come at once where there are too many to count", () => {
    // 60 diamonds in a row, and a loop whose body is as wide
    const edges: (readonly [number, number])[] = [];
    for (let at = 0; at < 180; at += 3) {
      edges.push([at, at + 1], [at, at + 2], [at + 1, at + 3], [at + 2, at + 3]);
    }
    edges.push([180, 0], [0, 181]);
    const found = [...paths(digraph(182, edges), 0, [181], { maxPaths: 50, maxVisits: 2 })];
    expect(found.length).toBe(50);
    expect(new Set(found.map((path) => path.join(" "))).size).toBe(50);
  });

  it("of a graph without a way out are none", () => {
    const endless = digraph(2, [
      [0, 1],
      [1, 0],
    ]);
    expect([...paths(endless, 0, [])]).toEqual([]);
  });
});
