import { describe, expect, it } from "vitest";
import { laneColumns } from "../../../tests/support/lane-views.ts";
import { hitLane } from "./hit-test.ts";
import { emptyBox, spanBox } from "./lane-layout.ts";
import { LANE_METRICS, laneHeight, LaneStack } from "./lane-stack.ts";
import { timeScale } from "./scale.ts";

const span = {
  t0: 100,
  t1: 300,
  depth: 0,
  label: "a",
  count: 1,
  call: 1,
  outcome: "returned",
} as const;
const lane = laneColumns({
  pid: "<0.1.0>",
  name: null,
  group: "shop",
  tSpawned: null,
  tExited: null,
  depth: 2,
  spans: [span, { ...span, t0: 150, t1: 200, depth: 1, call: 2 }],
  marks: [{ t: 400, kind: "send", count: 1, event: 9 }],
});

describe("LaneStack", () => {
  it("finds each lane at the place where it stands, for ten thousand lanes", () => {
    const stack = new LaneStack();
    stack.resize(10_000);
    for (let i = 0; i < 10_000; i += 7) stack.setHeight(i, laneHeight(i % 9));
    for (let i = 0; i < 10_000; i += 31) {
      expect(stack.indexAt(stack.top(i))).toBe(i);
      expect(stack.indexAt(stack.top(i) + stack.height(i) - 1)).toBe(i);
    }
    expect(stack.indexAt(stack.totalHeight)).toBe(-1);
  });

  it("says by how much what is below moved", () => {
    const stack = new LaneStack();
    stack.resize(3);
    const before = stack.top(2);
    const moved = stack.setHeight(0, laneHeight(4));
    expect(moved).toBeGreaterThan(0);
    expect(stack.top(2)).toBe(before + moved);
  });

  it("shows just the lanes in sight", () => {
    const stack = new LaneStack();
    stack.resize(100);
    expect(stack.visible(0, LANE_METRICS.minHeight)).toEqual({ first: 0, end: 1 });
    expect(stack.visible(stack.top(50), LANE_METRICS.minHeight + 1)).toEqual({
      first: 50,
      end: 52,
    });
  });

  it("bounds the height of a deep lane", () => {
    expect(laneHeight(1_000)).toBe(laneHeight(LANE_METRICS.maxRows));
  });
});

describe("hitLane", () => {
  const scale = timeScale({ t0: 0, t1: 1_000 }, 1_000);
  const hit = (x: number, y: number): ReturnType<typeof hitLane> =>
    hitLane(lane, [], { x, y }, scale, LANE_METRICS, laneHeight(2));
  const firstRow = LANE_METRICS.padding + 2 * LANE_METRICS.markRow;

  it("finds the call under the pointer, by depth", () => {
    expect(hit(160, firstRow + 2)).toMatchObject({ kind: "span", span: { call: 1 } });
    expect(hit(160, firstRow + LANE_METRICS.spanRow + 2)).toMatchObject({ span: { call: 2 } });
  });

  it("prefers a mark, and falls back to the lane", () => {
    expect(hit(401, LANE_METRICS.padding + 2)).toMatchObject({ kind: "mark", mark: { event: 9 } });
    expect(hit(900, firstRow + 2)).toEqual({ kind: "lane" });
  });

  it("names a gap where nothing was recorded", () => {
    const gap = { t0: 800, t1: 950, pid: null, reason: "dropped", count: 3, detail: null };
    const found = hitLane(lane, [gap], { x: 900, y: 30 }, scale, LANE_METRICS, laneHeight(2));
    expect(found).toEqual({ kind: "gap", gap });
  });

  it("asks the same layout as painting: a box is hit exactly where it is", () => {
    const box = emptyBox();
    expect(spanBox(lane.spans, 0, scale, 0, LANE_METRICS, box)).toBe(true);
    expect(box).toMatchObject({ x: 100, width: 200, y: firstRow });
    expect(hit(box.x + box.width / 2, box.y)).toMatchObject({ kind: "span" });
  });
});
