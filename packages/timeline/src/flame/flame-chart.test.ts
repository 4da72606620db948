// Bands of calls in the order of time: where they stand, which box a wait is on, what the pointer is on.

import type { FlameChartProcess, SpanView } from "@elixirscope/wire";
import { expect, it } from "vitest";
import { timeScale } from "../scale.ts";
import { BAND_TITLE_PX, bandsHeight, hitChart, layoutBands } from "./flame-chart.ts";
import { FLAME_ROW_PX } from "./flame-layout.ts";

function span(depth: number, t0: number, t1: number, call: number): SpanView {
  return { t0, t1, depth, label: "Shop.visit/1", count: 1, call, outcome: "returned" };
}

const PROCESS: FlameChartProcess = {
  pid: "<0.1.0>",
  name: "Shop",
  depth: 2,
  spans: [span(0, 0, 100, 1), span(0, 200, 300, 2), span(1, 10, 40, 3), span(1, 210, 240, 4)],
  waits: [
    { t0: 15, t1: 35 },
    { t0: 50, t1: 90 },
    { t0: 220, t1: 230 },
  ],
  truncated: false,
};

it("puts waits on the deepest box that was open, and processes below each other", () => {
  const bands = layoutBands([PROCESS, { ...PROCESS, pid: "<0.2.0>" }]);
  expect(bands[0]?.waits.map(({ depth }) => depth)).toEqual([1, 0, 1]);
  expect(bands[1]?.top).toBe(bands[0]?.height);
  expect(bandsHeight(bands)).toBe(2 * (bands[0]?.height ?? 0));
  expect(bandsHeight([])).toBe(0);
});

it("finds the box under the pointer", () => {
  const bands = layoutBands([PROCESS]);
  const scale = timeScale({ t0: 0, t1: 400 }, 400);
  const at = (x: number, row: number): number | null | undefined =>
    hitChart(bands, { x, y: BAND_TITLE_PX + (row + 0.5) * FLAME_ROW_PX }, scale)?.span?.call;
  expect([at(20, 0), at(20, 1), at(60, 1), at(215, 1), at(150, 0)]).toEqual([
    1,
    3,
    undefined,
    4,
    undefined,
  ]);
  expect(hitChart(bands, { x: 20, y: bandsHeight(bands) + 1 }, scale)).toBeNull();
});
