// The ruler above the lanes: ticks, the cursor's flag with its time, the selected range with its length.

import type { TimeRange } from "@elixirscope/wire";
import type { Palette } from "./palette.ts";
import { spanOf, xOf, type TimeScale } from "./scale.ts";
import type { Surface } from "./surface.ts";
import { formatDuration, formatTime, formatWallClock, TICK_GAP_PX, ticks } from "./time-text.ts";

export type RulerScene = {
  readonly scale: TimeScale;
  readonly heightPx: number;
  readonly cursor: number | null;
  readonly selection: TimeRange | null;
  /** wall clock at t = 0: instants are told in UTC; null: since the start */
  readonly startedAtNs?: bigint | null;
};

const FONT = "11px system-ui, sans-serif";

export function paintRuler(surface: Surface, scene: RulerScene, palette: Palette): void {
  const { scale, heightPx, startedAtNs = null } = scene;
  const middle = heightPx / 2;
  surface.font = FONT;
  for (const tick of ticks(scale, TICK_GAP_PX, startedAtNs)) {
    const x = Math.round(xOf(scale, tick.t));
    surface.fillStyle = palette.groupLine;
    surface.fillRect(x, heightPx - 6, 1, 6);
    surface.fillStyle = palette.mutedText;
    // half of a time reads as another one
    const right = x + 5 + surface.measureText(tick.label).width;
    if (right <= scale.widthPx) surface.fillText(tick.label, x + 5, middle);
  }
  if (scene.selection !== null) paintSelection(surface, scene, scene.selection, palette);
  if (scene.cursor !== null) paintFlag(surface, scene, scene.cursor, palette);
}

function paintSelection(
  surface: Surface,
  scene: RulerScene,
  selection: TimeRange,
  palette: Palette,
): void {
  const x0 = xOf(scene.scale, selection.t0);
  const x1 = xOf(scene.scale, selection.t1);
  surface.fillStyle = palette.background;
  surface.fillRect(x0, 0, x1 - x0, scene.heightPx);
  surface.fillStyle = palette.selection;
  surface.fillRect(x0, 0, x1 - x0, scene.heightPx);
  surface.fillStyle = palette.selectionEdge;
  surface.fillRect(x0, scene.heightPx - 2, x1 - x0, 2);
  const label = formatDuration(spanOf(selection));
  const width = surface.measureText(label).width;
  if (width + 10 < x1 - x0) {
    surface.fillText(label, Math.max(x0, 0) + 5, scene.heightPx / 2);
  }
}

function paintFlag(surface: Surface, scene: RulerScene, t: number, palette: Palette): void {
  const { scale, startedAtNs = null } = scene;
  const x = xOf(scale, t);
  if (x < -2 || x > scale.widthPx + 2) return;
  const resolution = Math.max(1, spanOf(scale) / scale.widthPx);
  const label =
    startedAtNs === null ? formatTime(t, resolution) : formatWallClock(startedAtNs, t, resolution);
  const width = surface.measureText(label).width + 12;
  const left = Math.min(Math.max(0, x - width / 2), scale.widthPx - width);
  surface.fillStyle = palette.cursor;
  surface.beginPath();
  surface.rect(left, 2, width, scene.heightPx - 7);
  surface.fill();
  surface.beginPath();
  surface.moveTo(x - 5, scene.heightPx - 5);
  surface.lineTo(x + 5, scene.heightPx - 5);
  surface.lineTo(x, scene.heightPx);
  surface.closePath();
  surface.fill();
  surface.fillStyle = palette.cursorText;
  surface.fillText(label, left + 6, (scene.heightPx - 5) / 2 + 1);
}
