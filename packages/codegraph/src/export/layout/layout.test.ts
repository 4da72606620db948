// The promises of a layout, on random graphs: nothing overlaps, edges meet their nodes.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layout } from "./components.ts";
import { crossings } from "./crossings.ts";
import { withoutCycles } from "./cycles.ts";
import { layersOf } from "./layers.ts";
import type { LayoutEdge, LayoutNode, Point, Size, Spacing } from "./layered.ts";

const spacing: Spacing = { node: 20, layer: 40, edge: 10 };
const graph = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    nodes: fc.array(
      fc.record({
        width: fc.integer({ min: 10, max: 200 }),
        height: fc.integer({ min: 10, max: 60 }),
      }),
      { minLength: size, maxLength: size },
    ),
    edges: fc.array(
      fc.record({
        from: fc.nat(size - 1),
        to: fc.nat(size - 1),
        label: fc.option(
          fc.record({ width: fc.integer({ min: 5, max: 90 }), height: fc.constant(14) }),
        ),
      }),
      { maxLength: 30 },
    ),
    direction: fc.constantFrom("down" as const, "right" as const),
  }),
);

type Box = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

function box({ x, y }: Point, { width, height }: Size): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a: Box, b: Box): boolean {
  const slack = 0.01;
  return (
    a.left < b.right - slack &&
    b.left < a.right - slack &&
    a.top < b.bottom - slack &&
    b.top < a.bottom - slack
  );
}

function boxes(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  placed: ReturnType<typeof layout>,
): Box[] {
  return [
    ...nodes.map((node, at) => box(placed.nodes[at] ?? { x: 0, y: 0 }, node)),
    ...edges.flatMap(({ label }, at) => {
      const middle = placed.edges[at]?.label ?? null;
      return label === null || middle === null ? [] : [box(middle, label)];
    }),
  ];
}

describe("a layout", () => {
  it("puts no node or label on another, and all inside its size", () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges, direction }) => {
        const placed = layout(nodes, edges, direction, spacing);
        const all = boxes(nodes, edges, placed);
        all.forEach((one, at) => {
          expect(all.slice(at + 1).filter((other) => overlap(one, other))).toEqual([]);
          expect(one.left).toBeGreaterThanOrEqual(-0.01);
          expect(one.right).toBeLessThanOrEqual(placed.width + 0.01);
          expect(one.top).toBeGreaterThanOrEqual(-0.01);
          expect(one.bottom).toBeLessThanOrEqual(placed.height + 0.01);
        });
      }),
    );
  });

  it("begins each edge at its first node's border and ends it at the other's", () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges, direction }) => {
        const placed = layout(nodes, edges, direction, spacing);
        edges.forEach(({ from, to }, at) => {
          const points = placed.edges[at]?.points ?? [];
          const ends = [points[0], points.at(-1)].map((point) => point ?? { x: NaN, y: NaN });
          [from, to].forEach((node, end) => {
            const { left, right, top, bottom } = box(
              placed.nodes[node] ?? { x: 0, y: 0 },
              nodes[node] ?? { width: 0, height: 0 },
            );
            const { x, y } = ends[end] ?? { x: NaN, y: NaN };
            const gaps = [x - left, right - x, y - top, bottom - y];
            // on one border, not outside of any
            expect(Math.min(...gaps)).toBeCloseTo(0, 3);
          });
        });
      }),
    );
  });

  it("is the same each time", () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges, direction }) => {
        expect(layout(nodes, edges, direction, spacing)).toEqual(
          layout(nodes, edges, direction, spacing),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("of a chain is straight", () => {
    const nodes = [40, 120, 60].map((width) => ({ width, height: 20 }));
    const edges = [0, 1].map((from) => ({ from, to: from + 1, label: null }));
    const { nodes: places } = layout(nodes, edges, "down", spacing);
    expect(places.map(({ x }) => x)).toEqual([60, 60, 60]);
  });

  it("of nothing is nothing", () => {
    expect(layout([], [], "down", spacing)).toEqual({ width: 0, height: 0, nodes: [], edges: [] });
  });
});

describe("the steps of a layout", () => {
  it("turning some edges leaves no cycle, and every edge goes down", () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges }) => {
        const turned = withoutCycles(nodes.length, edges);
        const down = edges.map(({ from, to }, at) =>
          turned[at] === true ? { from: to, to: from } : { from, to },
        );
        const layer = layersOf(nodes.length, down);
        const rising = down.filter(
          ({ from, to }) => from !== to && (layer[from] ?? 0) >= (layer[to] ?? 0),
        );
        expect(rising).toEqual([]);
      }),
    );
  });

  it("crossings are counted as pairs that cross", () => {
    const link = fc.tuple(fc.nat(5), fc.nat(5));
    fc.assert(
      fc.property(fc.array(link, { maxLength: 15 }), (links) => {
        const upper = [0, 1, 2, 3, 4, 5];
        const lower = upper.map((item) => item + 6);
        const below = [...upper, ...lower].map((item) =>
          links.filter(([from]) => from === item).map(([, to]) => to + 6),
        );
        const place = Float64Array.from([...upper, ...upper]);
        const expected = links.reduce(
          (sum, [a, b], at) =>
            sum + links.slice(at + 1).filter(([c, d]) => (a - c) * (b - d) < 0).length,
          0,
        );
        expect(crossings([upper, lower], below, place)).toBe(expected);
      }),
    );
  });
});
