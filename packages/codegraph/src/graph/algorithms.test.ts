// Every algorithm against the obvious slow answer, on random graphs with loops and parallel edges.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betweenness, closeness, degrees, pageRank } from "./centrality.ts";
import { communities, modularity } from "./communities.ts";
import {
  componentMembers,
  condensation,
  Digraph,
  stronglyConnected,
  topologicalOrder,
} from "@elixirscope/base";
import { reach, shortestPath } from "./reachability.ts";

const graphs = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 24 }).map(
    (edges) =>
      new Digraph(
        size,
        edges.map(([a]) => a),
        edges.map(([, b]) => b),
      ),
  ),
);

/** All distances, by Floyd and Warshall. */
function distances(graph: Digraph): number[][] {
  const { size } = graph;
  const table = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => (i === j ? 0 : Infinity)),
  );
  const at = (i: number, j: number): number => table[i]?.[j] ?? Infinity;
  graph.from.forEach((a, edge) => {
    const row = table[a] ?? [];
    const b = graph.to[edge] ?? 0;
    row[b] = Math.min(row[b] ?? Infinity, 1);
  });
  for (let k = 0; k < size; k += 1)
    for (let i = 0; i < size; i += 1)
      for (let j = 0; j < size; j += 1) {
        const row = table[i] ?? [];
        row[j] = Math.min(at(i, j), at(i, k) + at(k, j));
      }
  return table;
}

/** All shortest ways from `a` to `b` as node lists, parallel edges once. */
function shortestWays(graph: Digraph, table: number[][], a: number, b: number): number[][] {
  const length = table[a]?.[b] ?? Infinity;
  if (!Number.isFinite(length)) return [];
  let ways = [[a]];
  for (let step = 1; step <= length; step += 1) {
    ways = ways.flatMap((way) =>
      [...new Set(graph.successors(way.at(-1) ?? 0))]
        .filter((next) => (table[next]?.[b] ?? Infinity) === length - step)
        .map((next) => [...way, next]),
    );
  }
  return ways;
}

const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

/** Every way to put `size` nodes into groups, as group numbers. */
function partitions(size: number): number[][] {
  let all: number[][] = [[]];
  for (let node = 0; node < size; node += 1) {
    all = all.flatMap((groups) =>
      range(Math.max(-1, ...groups) + 2).map((group) => [...groups, group]),
    );
  }
  return all;
}

describe("strongly connected components", () => {
  it("hold exactly the nodes that reach each other", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const table = distances(graph);
        const { of } = stronglyConnected(graph);
        for (const a of range(graph.size))
          for (const b of range(graph.size)) {
            const mutual = Number.isFinite((table[a]?.[b] ?? 0) + (table[b]?.[a] ?? 0));
            expect(of[a] === of[b]).toBe(mutual);
          }
      }),
    );
  });

  it("are numbered so that edges go to smaller numbers, and condense to an acyclic graph", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const components = stronglyConnected(graph);
        const small = condensation(graph, components);
        expect(small.size).toBe(components.count);
        small.from.forEach((from, edge) => expect(from).toBeGreaterThan(small.to[edge] ?? 0));
        expect(topologicalOrder(small)).not.toBeNull();
        expect(
          componentMembers(components)
            .flat()
            .toSorted((a, b) => a - b),
        ).toEqual(range(graph.size));
      }),
    );
  });

  it("do not need the call stack: a cycle of 200,000 nodes", () => {
    const size = 200_000;
    const nodes = range(size);
    const ring = new Digraph(
      size,
      nodes,
      nodes.map((node) => (node + 1) % size),
    );
    expect(stronglyConnected(ring).count).toBe(1);
  });
});

describe("topological order", () => {
  it("puts every edge forward, and is refused exactly when there is a cycle", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const order = topologicalOrder(graph);
        const loop = graph.from.some((from, edge) => from === graph.to[edge]);
        const cyclic = loop || stronglyConnected(graph).count < graph.size;
        expect(order === null).toBe(cyclic);
        if (order === null) return;
        const place = new Map([...order].map((node, at) => [node, at]));
        expect(place.size).toBe(graph.size);
        graph.from.forEach((from, edge) =>
          expect(place.get(from) ?? 0).toBeLessThan(place.get(graph.to[edge] ?? 0) ?? 0),
        );
      }),
    );
  });

  it("takes the smallest of the nodes that could come next", () => {
    expect([...(topologicalOrder(new Digraph(5, [4, 3], [0, 1])) ?? [])]).toEqual([2, 3, 1, 4, 0]);
  });
});

describe("reach", () => {
  it("finds the shortest distances, in both directions and to a depth", () => {
    fc.assert(
      fc.property(graphs, fc.nat(3), (graph, depth) => {
        const table = distances(graph);
        const forward = reach(graph, [0]);
        const backward = reach(graph, [0], { backward: true });
        const near = reach(graph, [0], { depth });
        for (const node of range(graph.size)) {
          const to = table[0]?.[node] ?? Infinity;
          const back = table[node]?.[0] ?? Infinity;
          expect(forward.distance[node]).toBe(Number.isFinite(to) ? to : -1);
          expect(backward.distance[node]).toBe(Number.isFinite(back) ? back : -1);
          expect(near.distance[node]).toBe(to <= depth ? to : -1);
        }
      }),
    );
  });

  it("gives a way of the shortest length whose edges follow each other", () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (graph, seed) => {
        const end = seed % graph.size;
        const length = distances(graph)[0]?.[end] ?? Infinity;
        const way = shortestPath(graph, 0, end);
        expect(way?.length ?? Infinity).toBe(length);
        fc.pre(way !== null);
        const passed = [0, ...(way ?? []).map((edge) => graph.to[edge] ?? -1)];
        expect((way ?? []).map((edge) => graph.from[edge])).toEqual(passed.slice(0, -1));
        expect(passed.at(-1)).toBe(end);
      }),
    );
  });
});

describe("centrality", () => {
  it("PageRank solves its equation and adds up to 1", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const rank = pageRank(graph, { tolerance: 1e-13, iterations: 1000 });
        const expected = range(graph.size).map(() => 0.15 / graph.size);
        for (const from of range(graph.size)) {
          const share = 0.85 * (rank[from] ?? 0);
          const ends = [...graph.successors(from)];
          for (const to of ends.length === 0 ? range(graph.size) : ends) {
            expected[to] =
              (expected[to] ?? 0) +
              share / Math.max(1, ends.length === 0 ? graph.size : ends.length);
          }
        }
        for (const node of range(graph.size))
          expect(rank[node]).toBeCloseTo(expected[node] ?? 0, 9);
        expect(rank.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("degrees count the ends of edges", () => {
    const graph = new Digraph(3, [0, 0, 1], [1, 1, 1]);
    expect(degrees(graph)).toEqual({
      in: Int32Array.of(0, 3, 0),
      out: Int32Array.of(2, 1, 0),
    });
  });

  it("betweenness counts the shortest ways through a node", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const table = distances(graph);
        const expected = new Float64Array(graph.size);
        for (const a of range(graph.size))
          for (const b of range(graph.size)) {
            if (a === b) continue;
            const ways = shortestWays(graph, table, a, b);
            for (const way of ways)
              for (const node of way.slice(1, -1))
                expected[node] = (expected[node] ?? 0) + 1 / ways.length;
          }
        const { scores, sampled } = betweenness(graph);
        expect(sampled).toBe(false);
        for (const node of range(graph.size)) expect(scores[node]).toBeCloseTo(expected[node] ?? 0);
      }),
    );
  });

  it("betweenness says when it looked at a sample only", () => {
    const nodes = range(100);
    const ring = new Digraph(
      100,
      nodes,
      nodes.map((node) => (node + 1) % 100),
    );
    const exact = betweenness(ring).scores[0] ?? 0;
    const sample = betweenness(ring, 50);
    expect(sample).toMatchObject({ sampled: true, starts: 50 });
    expect(Math.abs((sample.scores[0] ?? 0) / exact - 1)).toBeLessThan(0.1);
  });

  it("closeness follows its definition", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const table = distances(graph);
        const scores = closeness(graph);
        for (const node of range(graph.size)) {
          const near = range(graph.size)
            .map((other) => table[other]?.[node] ?? Infinity)
            .filter((value) => value > 0 && Number.isFinite(value));
          const sum = near.reduce((a, b) => a + b, 0);
          const expected = sum === 0 ? 0 : near.length ** 2 / ((graph.size - 1) * sum);
          expect(scores[node]).toBeCloseTo(expected);
        }
      }),
    );
  });
});

describe("communities", () => {
  it("come near the best modularity of all partitions and never lose to one group", () => {
    const small = fc.integer({ min: 2, max: 6 }).chain((size) =>
      fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { minLength: 1, maxLength: 12 }).map(
        (edges) =>
          new Digraph(
            size,
            edges.map(([a]) => a),
            edges.map(([, b]) => b),
          ),
      ),
    );
    fc.assert(
      fc.property(small, (graph) => {
        const found = communities(graph);
        const best = Math.max(
          ...partitions(graph.size).map((of) => modularity(graph, of, graph.size)),
        );
        expect(found.modularity).toBeLessThanOrEqual(best + 1e-9);
        expect(found.modularity).toBeGreaterThanOrEqual(-1e-9);
        expect(found.modularity).toBeGreaterThan(best - 0.15);
      }),
    );
  });

  it("finds cliques that are joined by single edges", () => {
    const from: number[] = [];
    const to: number[] = [];
    for (const clique of range(4)) {
      for (const a of range(5))
        for (const b of range(a)) {
          from.push(clique * 5 + a);
          to.push(clique * 5 + b);
        }
      from.push(clique * 5);
      to.push(((clique + 1) % 4) * 5);
    }
    const graph = new Digraph(20, from, to);
    const { of, count } = communities(graph);
    expect(count).toBe(4);
    for (const node of range(20)) expect(of[node]).toBe(Math.floor(node / 5));
    expect(communities(graph)).toEqual(communities(graph));
  });

  it("leaves nodes without edges alone", () => {
    expect(communities(new Digraph(3, [], []))).toMatchObject({ count: 3, modularity: 0 });
  });
});
