// The strip of the whole recording: event density, errors on top, the loss band below, the visible window.
//
// Density is drawn by square root: a burst of a million must not flatten a single event to nothing.

import type { Overview, TimeRange } from "@elixirscope/wire";
import type { Palette } from "./palette.ts";
import { hatch } from "./paint-glyphs.ts";
import { timeScale, xOf, type TimeScale } from "./scale.ts";
import type { Surface } from "./surface.ts";

export const LOSS_BAND_PX = 6;

export type OverviewScene = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bounds: TimeRange;
  readonly window: TimeRange;
  readonly cursor: number | null;
  readonly selection: TimeRange | null;
};

/** Heights of the bars in pixels; a bucket with anything in it is at least one pixel high. */
export function barHeights(counts: readonly number[], heightPx: number): readonly number[] {
  let most = 0;
  for (const count of counts) most = Math.max(most, count);
  if (most === 0) return counts.map(() => 0);
  return counts.map((count) => (count === 0 ? 0 : Math.max(1, Math.sqrt(count / most) * heightPx)));
}

/** What of the strip stays the same whatever is looked at. */
export function paintDensity(
  surface: Surface,
  overview: Overview,
  { bounds, widthPx, heightPx }: Pick<OverviewScene, "bounds" | "widthPx" | "heightPx">,
  palette: Palette,
): void {
  paintBuckets(surface, overview, timeScale(bounds, widthPx), floorOf(heightPx), palette);
}

/** What is shown of it, over its density. */
export function paintOverview(surface: Surface, scene: OverviewScene, palette: Palette): void {
  const scale = timeScale(scene.bounds, scene.widthPx);
  surface.fillStyle = palette.line;
  surface.fillRect(0, floorOf(scene.heightPx), scene.widthPx, 1);
  paintWindow(surface, scene, scale, palette);
  if (scene.cursor !== null) {
    surface.fillStyle = palette.cursor;
    surface.fillRect(Math.round(xOf(scale, scene.cursor)) - 0.5, 0, 1.5, scene.heightPx);
  }
}

function floorOf(heightPx: number): number {
  return heightPx - LOSS_BAND_PX - 1;
}

function paintBuckets(
  surface: Surface,
  overview: Overview,
  scale: TimeScale,
  floor: number,
  palette: Palette,
): void {
  const buckets = overview.events.length;
  if (buckets === 0) return;
  const heights = barHeights(overview.events, floor - 6);
  const bucketNs = (overview.t1 - overview.t0) / buckets;
  for (let i = 0; i < buckets; i += 1) {
    const x0 = xOf(scale, overview.t0 + i * bucketNs);
    const x1 = xOf(scale, overview.t0 + (i + 1) * bucketNs);
    const width = Math.max(1, x1 - x0);
    const height = heights[i] ?? 0;
    if (height > 0) {
      surface.fillStyle = palette.density;
      surface.fillRect(x0, floor - height, width, height);
    }
    if ((overview.errors[i] ?? 0) > 0) {
      surface.fillStyle = palette.errors;
      surface.fillRect(x0, 0, Math.max(2, width), 4);
      surface.globalAlpha = 0.35;
      surface.fillRect(x0, 4, Math.max(1, width), floor - 4);
      surface.globalAlpha = 1;
    }
  }
  paintLoss(surface, overview, scale, floor + 1, palette);
}

function paintLoss(
  surface: Surface,
  overview: Overview,
  scale: TimeScale,
  y: number,
  palette: Palette,
): void {
  const buckets = overview.loss.length;
  const bucketNs = (overview.t1 - overview.t0) / buckets;
  for (let i = 0; i < buckets; i += 1) {
    if ((overview.loss[i] ?? 0) === 0) continue;
    let end = i + 1;
    while (end < buckets && (overview.loss[end] ?? 0) > 0) end += 1;
    const x = xOf(scale, overview.t0 + i * bucketNs);
    const width = Math.max(2, xOf(scale, overview.t0 + end * bucketNs) - x);
    surface.fillStyle = palette.gapFill;
    surface.fillRect(x, 0, width, y);
    surface.fillStyle = palette.gapLine;
    surface.fillRect(x, y, width, LOSS_BAND_PX);
    hatch(surface, { x, y, width, height: LOSS_BAND_PX }, palette.gapText);
    i = end;
  }
}

function paintWindow(
  surface: Surface,
  scene: OverviewScene,
  scale: TimeScale,
  palette: Palette,
): void {
  const x0 = Math.max(0, xOf(scale, scene.window.t0));
  const x1 = Math.min(scene.widthPx, xOf(scale, scene.window.t1));
  surface.fillStyle = palette.outside;
  surface.fillRect(0, 0, x0, scene.heightPx);
  surface.fillRect(x1, 0, scene.widthPx - x1, scene.heightPx);
  if (scene.selection !== null) {
    const s0 = xOf(scale, scene.selection.t0);
    surface.fillStyle = palette.selection;
    surface.fillRect(s0, 0, Math.max(1, xOf(scale, scene.selection.t1) - s0), scene.heightPx);
  }
  if (x0 <= 0 && x1 >= scene.widthPx) return;
  surface.fillStyle = palette.windowEdge;
  for (const x of [x0, x1]) {
    surface.fillRect(x - 0.5, 0, 1, scene.heightPx);
    surface.fillRect(x - 2, scene.heightPx / 2 - 8, 4, 16);
  }
}
