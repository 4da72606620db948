import type { StateCell } from "@elixirscope/wire";
import { expect, it } from "vitest";
import { cellHeight } from "./paint-strip.ts";
import {
  cellAtTime,
  cellAtX,
  cellSpan,
  stripTime,
  stripX,
  type StripLayout,
} from "./strip-layout.ts";

function cell(t0: number, t1: number, patch: Partial<StateCell> = {}): StateCell {
  const version = { first: 1, version: 1, event: 1, callback: "handle_call" };
  return { t0, t1, count: 1, changed: 1, changes: 1, ...version, ...patch };
}

const cells = [cell(100, 200), cell(200, 201), cell(201, 800, { count: 5 })];
const byTime: StripLayout = { cells, by: "time", range: { t0: 0, t1: 1_000 }, widthPx: 500 };
const byVersion: StripLayout = { ...byTime, by: "version", widthPx: 300 };

it("hits what is drawn, whichever way the cells are laid out", () => {
  for (const layout of [byTime, byVersion]) {
    for (const index of cells.keys()) {
      const { x0, x1 } = cellSpan(layout, index);
      expect(x1 - x0).toBeGreaterThanOrEqual(1);
      expect(cellAtX(layout, x0 + 0.25)).toBe(index);
    }
  }
  expect(cellAtX(byTime, 10)).toBe(-1);
  expect(cellAtX(byVersion, 299)).toBe(2);
});

it("draws an instant in the cell that was current, and leads back to it", () => {
  expect([99, 100, 200, 500, 2_000].map((t) => cellAtTime(byTime, t))).toEqual([-1, 0, 1, 2, 2]);
  expect(stripX(byTime, 500)).toBe(250);
  expect(stripX(byTime, 1_001)).toBeNull();
  expect(stripX(byVersion, 99)).toBeNull();
  expect(stripX(byVersion, 150)).toBe(50);
  expect(stripTime(byTime, 250)).toBe(500);
  expect(stripTime(byVersion, 50)).toBe(100);
  expect(stripTime(byVersion, 250)).toBe(201 + 599 / 2);
});

it("is low where nothing changed, and the higher the more changed", () => {
  const heights = [0, 1, 10, 100].map((changes) => cellHeight(cell(0, 1, { changes }), 100));
  expect(heights).toEqual(heights.toSorted((a, b) => a - b));
  expect(heights[0]).toBeLessThan(0.2);
  expect(heights.at(-1)).toBe(1);
  expect(cellHeight(cell(0, 1, { count: 9, changed: 0, changes: null }), 100)).toBe(heights[0]);
});
