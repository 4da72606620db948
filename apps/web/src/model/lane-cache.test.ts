import { expect, it } from "vitest";
import { laneParams, type LaneWindow } from "./lane-cache.ts";

const WINDOW: LaneWindow = {
  view: { t0: 0, t1: 1_000 },
  widthPx: 800,
  first: 20,
  end: 30,
  filter: "",
  groups: "application",
};

it("asks for lanes anew only when those beyond what is in sight run out", () => {
  const asked = laneParams(WINDOW, null);
  expect(asked).toMatchObject({ offset: 14, limit: 22 });
  const scrolled = (by: number): unknown =>
    laneParams({ ...WINDOW, first: 20 + by, end: 30 + by }, asked);
  for (const by of [-4, 0, 4]) expect(scrolled(by)).toBe(asked);
  expect(scrolled(5)).toMatchObject({ offset: 19, limit: 22 });
  expect(scrolled(-5)).toMatchObject({ offset: 9, limit: 22 });
  // at the beginning of the list there is nothing beyond
  const top = laneParams({ ...WINDOW, first: 0, end: 24 }, null);
  expect(laneParams({ ...WINDOW, first: 0, end: 10 }, top)).toBe(top);
});

it("asks anew for another time, width or filter", () => {
  const asked = laneParams(WINDOW, null);
  const others = [{ view: { t0: 0, t1: 400 } }, { widthPx: 700 }, { filter: "cart" }];
  for (const other of others) {
    expect(laneParams({ ...WINDOW, ...other }, asked)).not.toEqual(asked);
  }
});
