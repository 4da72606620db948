import { expect, it } from "vitest";
import { timeScale } from "../scale.ts";
import { hitFlag, hitMarkLine, hitOverviewMark } from "./hit-result-marks.ts";
import {
  firstAtOrAfter,
  markBeside,
  markedPixels,
  resultMarks,
  type ResultMark,
} from "./result-marks.ts";

const P = "<0.1.0>";

function mark(t: number, pid: string | null, row: number): ResultMark {
  return { t, pid, event: t * 10, row };
}

const MARKS = resultMarks("rows", [mark(30, P, 0), mark(10, null, 1), mark(20, P, 2)], String);

it("sorts marks by process, and those of none apart; each keeps its row", () => {
  expect(MARKS.count).toBe(3);
  expect([...MARKS.all.times]).toEqual([10, 20, 30]);
  expect(MARKS.all.marks.map(({ row }) => row)).toEqual([1, 2, 0]);
  expect([...(MARKS.byPid.get(P)?.times ?? [])]).toEqual([20, 30]);
  expect([...MARKS.common.times]).toEqual([10]);
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

it("finds the row of the flag, the line or the cap under the pointer", () => {
  // 10 px per unit of time
  const scale = timeScale({ t0: 0, t1: 40 }, 400);
  const flag = (x: number, y: number): number | undefined =>
    hitFlag(MARKS, P, { x, y }, scale)?.mark.row;
  expect([200, 204, 206].map((x) => flag(x, 4))).toEqual([2, 2, 2]);
  expect(flag(303, 4)).toBe(0);
  expect(flag(250, 4)).toBeUndefined();
  // below the flag there is only the line; of no process there is no flag
  expect(flag(204, 20)).toBeUndefined();
  expect(flag(100, 4)).toBeUndefined();
  const line = (pid: string, x: number): number | undefined =>
    hitMarkLine(MARKS, pid, { x, y: 20 }, scale)?.mark.row;
  expect([line(P, 201), line(P, 101), line("<0.2.0>", 101)]).toEqual([2, 1, 1]);
  expect([line(P, 210), line("<0.2.0>", 201)]).toEqual([undefined, undefined]);
  const size = { bounds: { t0: 0, t1: 40 }, widthPx: 80 };
  const cap = (x: number, y: number): number | undefined =>
    hitOverviewMark(MARKS, { x, y }, size)?.mark.row;
  expect([cap(20, 8), cap(40, 8), cap(60, 8)]).toEqual([1, 2, 0]);
  expect([cap(30, 8), cap(40, 30)]).toEqual([undefined, undefined]);
});

it("says how many rows cannot be told apart where the pointer is", () => {
  const many = Array.from({ length: 1_000 }, (_, i) => mark(i, P, i));
  const scale = timeScale({ t0: 0, t1: 1_000 }, 100);
  const hit = hitFlag(resultMarks("many", many, String), P, { x: 50.5, y: 3 }, scale);
  expect(hit?.count).toBe(10);
  expect(Math.floor((hit?.mark.t ?? 0) / 10)).toBe(50);
});

it("steps from mark to mark, also from between them, and past those of one instant", () => {
  const { all } = resultMarks("", [mark(5, P, 0), mark(5, null, 1), mark(9, P, 2)], String);
  expect(markBeside(all, 0, "next")?.t).toBe(5);
  expect(markBeside(all, 5, "next")?.t).toBe(9);
  expect(markBeside(all, 9, "next")).toBeNull();
  expect(markBeside(all, 9, "previous")?.t).toBe(5);
  expect(markBeside(all, 5, "previous")).toBeNull();
});
