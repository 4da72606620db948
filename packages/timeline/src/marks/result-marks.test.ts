import { expect, it } from "vitest";
import { timeScale } from "../scale.ts";
import { firstAtOrAfter, markedPixels, resultMarks } from "./result-marks.ts";

it("sorts marks by process, and those of none apart", () => {
  const marks = resultMarks("rows", [
    { t: 30, pid: "<0.1.0>" },
    { t: 10, pid: null },
    { t: 20, pid: "<0.1.0>" },
  ]);
  expect(marks.count).toBe(3);
  expect([...marks.all]).toEqual([10, 20, 30]);
  expect([...(marks.byPid.get("<0.1.0>") ?? [])]).toEqual([20, 30]);
  expect([...marks.common]).toEqual([10]);
});

it("draws each pixel once, however many marks are in it, and none out of sight", () => {
  const times = Float64Array.from({ length: 100_000 }, (_, i) => i);
  const scale = timeScale({ t0: 20_000, t1: 30_000 }, 100);
  const pixels = [...markedPixels(times, scale)];
  expect(pixels[0]).toBe(0);
  expect(new Set(pixels).size).toBe(pixels.length);
  expect(pixels.length).toBeLessThanOrEqual(101);
  expect([...markedPixels(Float64Array.of(1, 2), scale)]).toEqual([]);
  expect(firstAtOrAfter(times, 500.5)).toBe(501);
});
