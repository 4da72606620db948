// Where the versions of a state stand in their strip: as wide as each lasted, or all of the same width.

import type { StateCell, TimeRange } from "@elixirscope/wire";
import { timeScale, xOf } from "../scale.ts";

export type StripLayout = {
  readonly cells: readonly StateCell[];
  readonly by: "time" | "version";
  /** shown, with `time` */
  readonly range: TimeRange;
  readonly widthPx: number;
};

export type CellSpan = { readonly x0: number; readonly x1: number };

/** Every cell has a pixel, so that none is out of reach. */
export function cellSpan({ cells, by, range, widthPx }: StripLayout, index: number): CellSpan {
  const cell = cells[index];
  if (cell === undefined) return { x0: 0, x1: 0 };
  if (by === "version") {
    const width = widthPx / cells.length;
    return { x0: index * width, x1: (index + 1) * width };
  }
  const scale = timeScale(range, widthPx);
  const x0 = Math.min(widthPx - 1, Math.max(0, xOf(scale, cell.t0)));
  const x1 = Math.min(widthPx, xOf(scale, Math.max(cell.t1, cell.t0)));
  return { x0, x1: Math.max(x0 + 1, x1) };
}

/** The last cell that began at or before an instant; -1 before the first. */
export function cellAtTime({ cells }: Pick<StripLayout, "cells">, t: number): number {
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[middle]?.t0 ?? Number.POSITIVE_INFINITY) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The cell under a point; -1 left of the first version. */
export function cellAtX(layout: StripLayout, x: number): number {
  if (layout.by === "version") {
    const index = Math.floor((x / layout.widthPx) * layout.cells.length);
    return Math.min(layout.cells.length - 1, Math.max(-1, index));
  }
  let low = 0;
  let high = layout.cells.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cellSpan(layout, middle).x0 <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where an instant is drawn; null before the first version and, with `time`, outside of the range. */
export function stripX(layout: StripLayout, t: number): number | null {
  const { by, range, widthPx } = layout;
  if (by === "time") {
    return t < range.t0 || t > range.t1 ? null : xOf(timeScale(range, widthPx), t);
  }
  const index = cellAtTime(layout, t);
  const cell = layout.cells[index];
  if (cell === undefined) return null;
  const { x0, x1 } = cellSpan(layout, index);
  const share = cell.t1 > cell.t0 ? Math.min(1, (t - cell.t0) / (cell.t1 - cell.t0)) : 0;
  return x0 + (x1 - x0) * share;
}

/** The instant that a point stands for. */
export function stripTime(layout: StripLayout, x: number): number {
  const { by, range, widthPx, cells } = layout;
  if (by === "time") return range.t0 + (x / widthPx) * (range.t1 - range.t0);
  const index = Math.max(0, cellAtX(layout, x));
  const cell = cells[index];
  if (cell === undefined) return range.t0;
  const { x0, x1 } = cellSpan(layout, index);
  // one version is its beginning; within several the point chooses
  return cell.count === 1 ? cell.t0 : cell.t0 + ((x - x0) / (x1 - x0)) * (cell.t1 - cell.t0);
}
