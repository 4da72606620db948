// The layout of flame graphs on generated trees: what stands where, and that the pointer finds what is drawn.

import type { FlameNode } from "@elixirscope/wire";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hitFlame, FLAME_ROW_PX, frameText, layoutFlame, wayTo } from "./flame-layout.ts";

function node(patch: Partial<FlameNode>): FlameNode {
  return {
    name: "A.a/0",
    function: 1,
    parent: null,
    calls: 1,
    total: 0,
    self: 0,
    waiting: 0,
    frames: 1,
    slowest: null,
    ...patch,
  };
}

/** Parents before children; totals are what is theirs and their children's. */
const trees = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 100 }), fc.nat({ max: 100 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((all) => {
    const nodes = all.map(([above, self, waiting], i) => ({
      ...node({ parent: i === 0 || above % 4 === 0 ? null : above % i, self }),
      waiting: Math.min(self, waiting),
      total: self,
    }));
    for (let i = nodes.length - 1; i >= 0; i--) {
      const one = nodes[i];
      const parent = one?.parent == null ? undefined : nodes[one.parent];
      if (one !== undefined && parent !== undefined) parent.total += one.total;
    }
    return nodes;
  });

const WIDTH = 800;

describe("layoutFlame", () => {
  it("puts every frame inside of its caller, beside the others, as wide as its share", () => {
    fc.assert(
      fc.property(trees, (nodes) => {
        const { boxes } = layoutFlame(nodes, WIDTH, null);
        const whole = nodes.reduce((sum, one) => sum + (one.parent === null ? one.total : 0), 0);
        const byNode = new Map(boxes.map((box) => [box.node, box]));
        for (const box of boxes) {
          const one = nodes[box.node];
          expect(box.width).toBeCloseTo(((one?.total ?? 0) / whole) * WIDTH, 6);
          expect(box.selfPx + box.waitingPx).toBeCloseTo(((one?.self ?? 0) / whole) * WIDTH, 6);
          const above = one?.parent == null ? undefined : byNode.get(one.parent);
          if (above === undefined) continue;
          expect(box.depth).toBe(above.depth + 1);
          expect(box.x).toBeGreaterThanOrEqual(above.x - 1e-6);
          // what the caller did itself is to the right of all that it called
          const end = above.x + above.width - above.selfPx - above.waitingPx;
          expect(box.x + box.width).toBeLessThanOrEqual(end + 1e-6);
        }
        for (const row of layoutFlame(nodes, WIDTH, null).rows) {
          for (const [i, box] of row.entries()) {
            const end = row[i + 1]?.x ?? WIDTH;
            expect(end).toBeGreaterThanOrEqual(box.x + box.width - 1e-6);
          }
        }
      }),
    );
  });

  it("gives a frame that is zoomed into the whole width, below those that lead to it", () => {
    fc.assert(
      fc.property(trees, fc.nat(), (nodes, which) => {
        const zoom = which % nodes.length;
        const { boxes } = layoutFlame(nodes, WIDTH, zoom);
        const way = wayTo(nodes, zoom);
        expect(way.at(-1)).toBe(zoom);
        expect(boxes.slice(0, way.length).map((box) => [box.node, box.depth, box.width])).toEqual(
          way.map((i, depth) => [i, depth, expect.closeTo(WIDTH, 6)]),
        );
        expect(boxes.filter(({ leads }) => leads).length).toBe(way.length - 1);
        // nothing beside it is drawn
        const inside = new Set([zoom]);
        for (const [i, one] of nodes.entries()) {
          if (one.parent !== null && inside.has(one.parent)) inside.add(i);
        }
        for (const box of boxes) expect(box.leads || inside.has(box.node)).toBe(true);
      }),
    );
  });

  it("finds under the pointer what is drawn there", () => {
    fc.assert(
      fc.property(trees, (nodes) => {
        const layout = layoutFlame(nodes, WIDTH, null);
        for (const box of layout.boxes) {
          if (box.width < 1) continue;
          const at = { x: box.x + box.width / 2, y: box.depth * FLAME_ROW_PX + 3 };
          expect(hitFlame(layout, at)?.node).toBe(box.node);
        }
        expect(hitFlame(layout, { x: 1, y: layout.rows.length * FLAME_ROW_PX + 1 })).toBeNull();
        expect(hitFlame(layout, { x: WIDTH + 5, y: 1 })).toBeNull();
      }),
    );
  });

  it("says how many frames a box stands for", () => {
    expect(frameText(node({ name: "A.a/0" }))).toBe("A.a/0");
    expect(frameText(node({ function: null, frames: 1 }))).toBe("1 smaller frame");
    expect(frameText(node({ function: null, frames: 1_234 }))).toBe("1,234 smaller frames");
  });
});
