// What is under the pointer: the most specific thing first, with a few pixels of mercy.

import {
  markAt,
  spanAt,
  type GapView,
  type LaneColumns,
  type MarkView,
  type SpanView,
} from "@elixirscope/wire";
import { emptyBox, gapBox, markBox, MARK_RADIUS, spanBox } from "./lane-layout.ts";
import type { LaneMetrics } from "./lane-stack.ts";
import type { TimeScale } from "./scale.ts";
import type { Box } from "./surface.ts";

export type LaneHit =
  | { readonly kind: "mark"; readonly mark: MarkView }
  | { readonly kind: "span"; readonly span: SpanView }
  | { readonly kind: "gap"; readonly gap: GapView }
  | { readonly kind: "lane" };

const SLACK_PX = 3;

/** `y` is counted from the lane's own top. */
export function hitLane(
  lane: LaneColumns,
  gaps: readonly GapView[],
  point: { readonly x: number; readonly y: number },
  scale: TimeScale,
  metrics: LaneMetrics,
  height: number,
): LaneHit {
  const mark = nearestMark(lane, point, scale, metrics);
  if (mark !== null) return { kind: "mark", mark };
  const span = nearestSpan(lane, point, scale, metrics);
  if (span !== null) return { kind: "span", span };
  const box = emptyBox();
  for (const gap of gaps) {
    if (gap.pid !== null && gap.pid !== lane.pid) continue;
    if (gapBox(gap, scale, 0, height, box) && contains(box, point, 1)) return { kind: "gap", gap };
  }
  return { kind: "lane" };
}

function nearestMark(
  lane: LaneColumns,
  point: { readonly x: number; readonly y: number },
  scale: TimeScale,
  metrics: LaneMetrics,
): MarkView | null {
  const box = emptyBox();
  let best = -1;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let i = 0; i < lane.marks.t.length; i += 1) {
    if (!markBox(lane.marks, i, scale, 0, metrics, box) || !contains(box, point, 1)) continue;
    const distance = Math.abs(box.x + MARK_RADIUS - point.x);
    // later marks are painted above earlier ones
    if (distance <= bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best === -1 ? null : markAt(lane, best);
}

function nearestSpan(
  lane: LaneColumns,
  point: { readonly x: number; readonly y: number },
  scale: TimeScale,
  metrics: LaneMetrics,
): SpanView | null {
  const box = emptyBox();
  let best = -1;
  let bestDistance = SLACK_PX;
  for (let i = 0; i < lane.spans.t0.length; i += 1) {
    if (!spanBox(lane.spans, i, scale, 0, metrics, box)) continue;
    if (point.y < box.y || point.y >= box.y + box.height + 1) continue;
    const distance = Math.max(box.x - point.x, point.x - (box.x + box.width), 0);
    if (distance === 0) return spanAt(lane, i);
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best === -1 ? null : spanAt(lane, best);
}

function contains(
  box: Box,
  point: { readonly x: number; readonly y: number },
  slack: number,
): boolean {
  return (
    point.x >= box.x - slack &&
    point.x <= box.x + box.width + slack &&
    point.y >= box.y &&
    point.y < box.y + box.height + 1
  );
}
