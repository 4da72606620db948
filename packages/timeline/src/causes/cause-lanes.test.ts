// Places in a drawing of causes: every edge joins the nodes that it names, lanes do not overlap.

import type { CauseEdge, CauseNode } from "@elixirscope/wire";
import { expect, it } from "vitest";
import { causeLanes, neighbourAlong } from "./cause-lanes.ts";

const METRICS = { rowPx: 24, mostPx: 120, nodePx: 5 } as const;

function node(event: number, pid: string, isMain = true): CauseNode {
  return {
    event,
    t: event * 10,
    process: { pid, name: null },
    kind: "call",
    text: `event ${event}`,
    side: "cause",
    isMain,
    causes: 0,
    effects: null,
  };
}

function edge(source: number, target: number): CauseEdge {
  return { source, target, type: "call", confidence: "exact" };
}

it("gives each process a lane, in the order in which they come in", () => {
  const nodes = [node(1, "<0.1.0>"), node(2, "<0.2.0>"), node(3, "<0.1.0>")];
  const drawn = causeLanes(nodes, [edge(1, 2), edge(2, 3)], METRICS);
  expect(drawn.lanes.map(({ process, first, last }) => [process.pid, first, last])).toEqual([
    ["<0.1.0>", 0, 2],
    ["<0.2.0>", 1, 1],
  ]);
  expect(drawn.laneOf).toEqual([0, 1, 0]);
  expect(drawn.widthPx).toBeLessThanOrEqual(METRICS.mostPx);
  expect(drawn.heightPx).toBe(72);
});

it("leads every edge from its cause to its effect, past other events of the lane aside", () => {
  const nodes = [node(1, "<0.1.0>"), node(2, "<0.1.0>", false), node(3, "<0.1.0>")];
  const { arrows } = causeLanes(nodes, [edge(1, 2), edge(1, 3), edge(7, 3)], METRICS);
  expect(arrows).toHaveLength(2);
  expect(arrows[0]).toMatchObject({ path: "M36 12V36", y: 31, isMain: false });
  expect(arrows[1]?.path).toMatch(/^M36 12q-9 .*q0 14 9 14$/);
  expect(arrows[1]?.isMain).toBe(true);
});

it("keeps lanes apart however many there are", () => {
  const nodes = Array.from({ length: 50 }, (_, i) => node(i + 1, `<0.${i}.0>`));
  const { lanes } = causeLanes(nodes, [], METRICS);
  expect(lanes.every(({ x }, i) => i === 0 || x - (lanes[i - 1]?.x ?? 0) >= 18)).toBe(true);
});

it("walks along the main line before any other", () => {
  const nodes = [node(1, "<0.1.0>"), node(2, "<0.2.0>", false), node(3, "<0.1.0>")];
  const edges = [edge(1, 3), edge(2, 3)];
  expect(neighbourAlong(nodes, edges, 3, "cause")).toBe(1);
  expect(neighbourAlong(nodes, edges, 2, "effect")).toBe(3);
  expect(neighbourAlong(nodes, edges, 1, "cause")).toBeNull();
});
