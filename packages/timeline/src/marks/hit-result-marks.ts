// Which row of a result is under the pointer. Flags and caps are meant first; the thin lines below them only where
// nothing else is, so that many rows never hide what was recorded.

import { tOf, timeScale, xOf, type TimeScale } from "../scale.ts";
import type { TimeRange } from "@elixirscope/wire";
import { CAP_PX, CAP_TOP_PX, FLAG_PX, FLAG_TOP_PX } from "./paint-result-marks.ts";
import {
  firstAtOrAfter,
  type MarkColumn,
  type ResultMark,
  type ResultMarks,
} from "./result-marks.ts";

export type RowHit = {
  readonly kind: "row";
  readonly mark: ResultMark;
  /** rows that cannot be told apart here, with this one */
  readonly count: number;
};

type Point = { readonly x: number; readonly y: number };

const SLACK_PX = 2;

/** On the flag of a row in the lane of its process; `y` is counted from the lane's own top. */
export function hitFlag(
  marks: ResultMarks,
  pid: string,
  { x, y }: Point,
  scale: TimeScale,
): RowHit | null {
  const own = marks.byPid.get(pid);
  if (own === undefined || y < FLAG_TOP_PX || y > FLAG_TOP_PX + FLAG_PX + 1) return null;
  return nearest(own, x, [FLAG_PX, SLACK_PX], scale);
}

/** On the line of a row, of this process or of none. */
export function hitMarkLine(
  marks: ResultMarks,
  pid: string,
  { x }: Point,
  scale: TimeScale,
): RowHit | null {
  const reach = [SLACK_PX, SLACK_PX] as const;
  const own = marks.byPid.get(pid);
  return (
    (own === undefined ? null : nearest(own, x, reach, scale)) ??
    nearest(marks.common, x, reach, scale)
  );
}

/** On the cap of a row in the overview. */
export function hitOverviewMark(
  marks: ResultMarks,
  { x, y }: Point,
  { bounds, widthPx }: { readonly bounds: TimeRange; readonly widthPx: number },
): RowHit | null {
  if (y < CAP_TOP_PX - 1 || y > CAP_TOP_PX + CAP_PX + 1) return null;
  return nearest(marks.all, x, [SLACK_PX + 1, SLACK_PX + 1], timeScale(bounds, widthPx));
}

/** Painted from a whole pixel on, as far to the left and right of the pointer as `reach` says. */
function nearest(
  { times, marks }: MarkColumn,
  x: number,
  [left, right]: readonly [number, number],
  scale: TimeScale,
): RowHit | null {
  const first = firstAtOrAfter(times, tOf(scale, x - left - 1));
  const end = firstAtOrAfter(times, tOf(scale, x + right + 1));
  if (first === end) return null;
  // of those in reach the one whose line is nearest: before or at the pointer, or after it
  const after = Math.min(firstAtOrAfter(times, tOf(scale, x)), end - 1);
  const best = [after - 1, after]
    .filter((i) => i >= first && i < end)
    .toSorted((a, b) => distance(times, a, x, scale) - distance(times, b, x, scale))[0];
  if (best === undefined) return null;
  const pixel = Math.floor(xOf(scale, times[best] ?? 0));
  const from = firstAtOrAfter(times, tOf(scale, pixel));
  const to = firstAtOrAfter(times, tOf(scale, pixel + 1));
  const mark = marks[best];
  return mark === undefined ? null : { kind: "row", mark, count: Math.max(1, to - from) };
}

function distance(times: Float64Array, i: number, x: number, scale: TimeScale): number {
  return Math.abs(xOf(scale, times[i] ?? 0) - x);
}
