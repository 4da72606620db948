// What of a sequence diagram is under the pointer: marks before messages, messages before their waits, then
// what stands behind. Points are in content coordinates.

import type { GapView } from "@elixirscope/wire";
import { yAt } from "./sequence-axis.ts";
import {
  firstBelow,
  SEQUENCE_METRICS,
  type ActiveBox,
  type Arrow,
  type MergedArrow,
  type PlacedColumn,
  type PlacedMark,
  type SequenceLayout,
} from "./sequence-layout.ts";

export type SequenceHit =
  | { readonly kind: "mark"; readonly placed: PlacedMark }
  | { readonly kind: "message"; readonly arrow: Arrow; readonly part: "arrow" | "wait" }
  | { readonly kind: "merged"; readonly arrow: MergedArrow }
  | { readonly kind: "active"; readonly box: ActiveBox }
  | { readonly kind: "depth"; readonly column: PlacedColumn }
  | { readonly kind: "gap"; readonly gap: GapView };

type Point = { readonly x: number; readonly y: number };

const SLACK = 4;
const MARK_SLACK = 5;

export function hitSequence(
  layout: SequenceLayout,
  gaps: readonly GapView[],
  point: Point,
): SequenceHit | null {
  const placed = nearest(
    layout.marks,
    point,
    MARK_SLACK,
    ({ x }) => Math.abs(x - point.x) <= MARK_SLACK,
  );
  if (placed !== null) return { kind: "mark", placed };
  const arrow = nearest(layout.arrows, point, SLACK, (one) => spans(one, point.x));
  if (arrow !== null) return { kind: "message", arrow, part: "arrow" };
  const merged = nearest(layout.merged, point, SLACK, (one) => spans(one, point.x));
  if (merged !== null) return { kind: "merged", arrow: merged };
  const waiting = waitAt(layout, point);
  if (waiting !== null) return { kind: "message", arrow: waiting, part: "wait" };
  const box = layout.active.find(
    ({ x, y0, y1 }) => Math.abs(x - point.x) <= SLACK + 1 && point.y >= y0 && point.y <= y1,
  );
  if (box !== undefined) return { kind: "active", box };
  const { half, depthWidth } = SEQUENCE_METRICS;
  const column = layout.columns.find(
    ({ x }) => point.x > x + half && point.x <= x + half + 2 + depthWidth,
  );
  const gap = gapAt(layout, gaps, point);
  if (gap !== null) return { kind: "gap", gap };
  return column === undefined ? null : { kind: "depth", column };
}

function nearest<T extends { readonly y: number }>(
  things: readonly T[],
  { y }: Point,
  slack: number,
  isAt: (thing: T) => boolean,
): T | null {
  let best: T | null = null;
  for (let i = firstBelow(things, y - slack); i < things.length; i += 1) {
    const thing = things[i];
    if (thing === undefined || thing.y > y + slack) break;
    if (!isAt(thing)) continue;
    if (best === null || Math.abs(thing.y - y) < Math.abs(best.y - y)) best = thing;
  }
  return best;
}

function spans({ x0, x1 }: { readonly x0: number; readonly x1: number }, x: number): boolean {
  // a message to oneself is a hook beside the lifeline
  if (x0 === x1) return x >= x0 && x <= x0 + 24;
  return x >= Math.min(x0, x1) - SLACK && x <= Math.max(x0, x1) + SLACK;
}

function waitAt({ arrows, longestBar }: SequenceLayout, { x, y }: Point): Arrow | null {
  for (let i = firstBelow(arrows, y - longestBar); i < arrows.length; i += 1) {
    const arrow = arrows[i];
    if (arrow === undefined || arrow.y > y) break;
    if (arrow.yTaken === null || y > arrow.yTaken) continue;
    if (Math.abs(barX(arrow) + 1.5 - x) <= SEQUENCE_METRICS.dwellLane / 2) return arrow;
  }
  return null;
}

/** The left edge of the bar of a message's wait. */
export function barX({ x1, lane }: Pick<Arrow, "x1" | "lane">): number {
  const { half, dwellLane } = SEQUENCE_METRICS;
  return x1 - half - 4 - lane * dwellLane;
}

/** A gap is at least three pixels high. */
export function gapSpan(
  { axis }: Pick<SequenceLayout, "axis">,
  gap: GapView,
): { readonly y0: number; readonly y1: number } {
  const y0 = yAt(axis, gap.t0);
  return { y0, y1: Math.max(y0 + 3, yAt(axis, gap.t1)) };
}

function gapAt(layout: SequenceLayout, gaps: readonly GapView[], { x, y }: Point): GapView | null {
  for (const gap of gaps) {
    const { y0, y1 } = gapSpan(layout, gap);
    if (y < y0 - 1 || y > y1 + 1) continue;
    if (gap.pid === null) return gap;
    const column = layout.columns.find(({ column: { pid } }) => pid === gap.pid);
    if (column !== undefined && x >= column.left && x < column.left + column.width) return gap;
  }
  return null;
}
