import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallTree } from "./call-tree.ts";
import { foldedStacks, speedscope } from "./flame-formats.ts";
import type { Flame } from "@elixirscope/wire";
import { drawn, widths, zoomed, type WideNode } from "./flame.ts";

/** Trees whose parents come before their children, each node with time of its own. */
const trees = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 100 })), { maxLength: 40 })
  .map((all) =>
    all.map(([above, selfNs], i) => ({
      function: i,
      parent: i === 0 || above % 4 === 0 ? null : above % i,
      calls: 1,
      totalNs: 0,
      selfNs,
      waitingNs: Math.floor(selfNs / 3),
      slowest: { call: i + 1, ns: selfNs },
    })),
  );

describe("a flame graph", () => {
  it("keeps every sum, however few nodes are drawn", () => {
    fc.assert(
      fc.property(trees, fc.integer({ min: 0, max: 50 }), (nodes, most) => {
        const whole = nodes.reduce((sum, { selfNs }) => sum + selfNs, 0);
        const { nodes: kept, total } = drawn(widths(nodes, "all"), most);
        expect(total).toBe(whole);
        expect(kept.filter((node) => node.function >= 0).length).toBeLessThanOrEqual(most);
        expect(kept.reduce((sum, { self }) => sum + self, 0)).toBe(whole);
        for (const [i, node] of kept.entries()) {
          const children = kept.filter(({ parent }) => parent === i);
          expect(node.self + sumOf(children)).toBe(node.total);
          expect(node.parent ?? -1).toBeLessThan(i);
        }
      }),
    );
  });

  it("says how many frames are not drawn, and draws none that is smaller than asked for", () => {
    fc.assert(
      fc.property(trees, fc.integer({ min: 0, max: 50 }), (nodes, least) => {
        const all = widths(nodes, "all").filter(({ total }) => total > 0);
        const { nodes: kept } = drawn(widths(nodes, "all"), 1_000, least);
        const own = kept.filter((node) => node.function >= 0);
        expect(own.every(({ total }) => total >= least)).toBe(true);
        const waiting = kept.reduce((sum, node) => sum + node.waiting, 0);
        expect(waiting).toBe(nodes.reduce((sum, { waitingNs }) => sum + waitingNs, 0));
        const others = kept.filter((node) => node.function < 0);
        const hidden = others.reduce((sum, { frames }) => sum + frames, 0);
        // frames without time are counted with those that they are below
        expect(own.length + hidden).toBeGreaterThanOrEqual(all.length);
      }),
    );
  });

  it("zooms into a frame below those that lead to it", () => {
    const node = { calls: 1, totalNs: 0, waitingNs: 0, slowest: { call: 1, ns: 1 } };
    const wide = widths(
      [
        { ...node, function: 7, parent: null, selfNs: 1 },
        { ...node, function: 8, parent: 0, selfNs: 2 },
        { ...node, function: 9, parent: null, selfNs: 100 },
        { ...node, function: 8, parent: 1, selfNs: 4 },
        { ...node, function: 9, parent: 3, selfNs: 8 },
      ],
      "all",
    );
    const options = { time: "all", nodes: 100, path: [7, 8, 8] } as const;
    const { nodes, total, above } = zoomed(wide, options);
    expect([total, above]).toEqual([12, 2]);
    expect(nodes.map((one) => [one.function, one.parent, one.total])).toEqual([
      [7, null, 15],
      [8, 0, 14],
      [8, 1, 12],
      [9, 2, 8],
    ]);
    // as far as the path is found
    expect(zoomed(wide, { ...options, path: [7, 5] })).toMatchObject({ total: 15, above: 0 });
    expect(zoomed(wide, { ...options, path: [5] })).toMatchObject({ total: 115, above: 0 });
  });

  it("divides time into running and waiting", () => {
    fc.assert(
      fc.property(trees, (nodes) => {
        const [all, running, waiting] = (["all", "running", "waiting"] as const).map((time) =>
          widths(nodes, time).map(({ total }) => total),
        );
        expect(running?.map((one, i) => one + (waiting?.[i] ?? 0))).toEqual(all);
      }),
    );
  });

  it("puts stacks that found no room into other, with their time", () => {
    const tree = new CallTree(3);
    for (let i = 0; i < 6; i++) {
      const from = i * 10;
      tree.enter({ call: i + 1, parent: null, pid: 1, function: i, from, to: from + 10 });
    }
    tree.finish();
    const { nodes, total } = drawn(widths(tree.nodes, "all"), 10);
    expect(total).toBe(60);
    expect(nodes.map((node) => [node.function, node.total])).toEqual([
      [-1, 30],
      [0, 10],
      [1, 10],
      [2, 10],
    ]);
  });
});

const NODE = { function: 1, waiting: 0, frames: 1, slowest: null };

describe("its formats", () => {
  const flame: Flame = {
    range: { t0: 0, t1: 100 },
    time: "all",
    total: 60,
    nodes: [
      { ...NODE, name: "A.a/0", parent: null, calls: 1, total: 60, self: 20 },
      { ...NODE, name: 'B."x;y"/0', parent: 0, calls: 2, total: 40, self: 40 },
    ],
    frames: 2,
    found: null,
    limits: [],
  };

  it("folds stacks into lines", () => {
    expect(foldedStacks(flame)).toBe('A.a/0 20\nA.a/0;B."x y"/0 40');
  });

  it("writes speedscope's file with the same weights", () => {
    const file = speedscope(flame, "shop");
    expect(file.shared.frames.map(({ name }) => name)).toEqual(["A.a/0", 'B."x;y"/0']);
    expect(file.profiles[0]).toMatchObject({
      samples: [[0], [0, 1]],
      weights: [20, 40],
      endValue: 60,
    });
  });
});

function sumOf(nodes: readonly WideNode[]): number {
  return nodes.reduce((sum, { total }) => sum + total, 0);
}
