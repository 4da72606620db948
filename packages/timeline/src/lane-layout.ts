// Where things of one lane are on screen. Painting and hit testing both ask here, so they never disagree.
//
// A lane has three bands: messages, life (states, spawns, exits, exceptions), then calls by depth.
// Functions write into a box that the caller keeps: tens of thousands are asked for per frame.

import {
  MARKS,
  type GapView,
  type LaneHead,
  type MarkColumns,
  type MarkView,
  type SpanColumns,
} from "@elixirscope/wire";
import { laneHeight, type LaneMetrics } from "./lane-stack.ts";
import { xOf, type TimeScale } from "./scale.ts";
import type { Box } from "./surface.ts";

type Depth = Pick<LaneHead, "depth">;

/** Half the width of a mark's glyph; closer than this marks are drawn as thin ticks. */
export const MARK_RADIUS = 4;

export function emptyBox(): Box {
  return { x: 0, y: 0, width: 0, height: 0 };
}

/** False when the span is out of sight; otherwise `out` is its box, at least one pixel wide. */
export function spanBox(
  spans: SpanColumns,
  at: number,
  scale: TimeScale,
  laneTop: number,
  metrics: LaneMetrics,
  out: Box,
): boolean {
  const t0 = spans.t0[at] ?? 0;
  const t1 = spans.t1[at] ?? 0;
  const depth = spans.depth[at] ?? 0;
  if (t1 < scale.t0 || t0 > scale.t1) return false;
  if (depth >= metrics.maxRows) return false;
  const x0 = Math.max(-1, xOf(scale, t0));
  const x1 = Math.min(scale.widthPx + 1, xOf(scale, t1));
  out.x = x0;
  out.width = Math.max(1, x1 - x0);
  out.y = laneTop + metrics.padding + 2 * metrics.markRow + depth * metrics.spanRow;
  out.height = metrics.spanRow - 1;
  return true;
}

/** The row of a mark: 0 for messages, 1 for everything about the process's life. */
export function markRow(kind: MarkView["kind"]): 0 | 1 {
  return kind === "send" || kind === "receive" ? 0 : 1;
}

export function markBox(
  marks: MarkColumns,
  at: number,
  scale: TimeScale,
  laneTop: number,
  metrics: LaneMetrics,
  out: Box,
): boolean {
  const x = xOf(scale, marks.t[at] ?? 0);
  if (x < -MARK_RADIUS || x > scale.widthPx + MARK_RADIUS) return false;
  out.x = x - MARK_RADIUS;
  out.width = 2 * MARK_RADIUS;
  out.y =
    laneTop + metrics.padding + markRow(MARKS[marks.kind[at] ?? 0] ?? "link") * metrics.markRow;
  out.height = metrics.markRow - 1;
  return true;
}

/** From spawn to exit; what is before and after is drawn as "no such process". */
export function aliveBox(
  lane: Pick<LaneHead, "tSpawned" | "tExited">,
  scale: TimeScale,
  laneTop: number,
  height: number,
  out: Box,
): boolean {
  const x0 = lane.tSpawned === null ? 0 : Math.max(0, xOf(scale, lane.tSpawned));
  const x1 =
    lane.tExited === null ? scale.widthPx : Math.min(scale.widthPx, xOf(scale, lane.tExited));
  if (x1 <= 0 || x0 >= scale.widthPx || x1 <= x0) return false;
  out.x = x0;
  out.y = laneTop;
  out.width = x1 - x0;
  out.height = height;
  return true;
}

/** A gap's stretch of the lane; at least 3 px so that a short loss is not overlooked. */
export function gapBox(
  gap: GapView,
  scale: TimeScale,
  laneTop: number,
  height: number,
  out: Box,
): boolean {
  if (gap.t1 < scale.t0 || gap.t0 > scale.t1) return false;
  const x0 = Math.max(0, xOf(scale, gap.t0));
  const x1 = Math.min(scale.widthPx, xOf(scale, gap.t1));
  out.x = x0;
  out.y = laneTop;
  out.width = Math.max(3, x1 - x0);
  out.height = height;
  return true;
}

/** Does the lane have calls deeper than it can show? */
export function hiddenDepth(lane: Depth, metrics: LaneMetrics): number {
  return Math.max(0, lane.depth - metrics.maxRows);
}

export function heightOf(lane: Depth | null, metrics: LaneMetrics): number {
  return laneHeight(lane === null ? 0 : lane.depth, metrics);
}
