// The lanes that are in sight: life, gaps, calls, marks, then the selection and the cursor above all.

import type { GapView, LaneColumns, TimeRange } from "@elixirscope/wire";
import { aliveBox, emptyBox } from "./lane-layout.ts";
import type { LaneMetrics } from "./lane-stack.ts";
import { paintGaps } from "./paint-gaps.ts";
import { LaneMarks } from "./paint-marks.ts";
import { lineUpSpans, paintHidden, paintNames } from "./paint-spans.ts";
import type { Palette } from "./palette.ts";
import type { ImageSurface, PixelLines } from "./pixel-lines.ts";
import { xOf, type TimeScale } from "./scale.ts";
import type { Surface } from "./surface.ts";
import type { Measure } from "./text-fit.ts";
import { TICK_GAP_PX, ticks } from "./time-text.ts";

export type PlacedLane = {
  /** null: not sent yet */
  readonly lane: LaneColumns | null;
  readonly top: number;
  readonly height: number;
  readonly state: "plain" | "hover" | "selected";
  /** the first lane of its group gets a stronger line above */
  readonly firstOfGroup: boolean;
};

export type LanesScene = {
  readonly scale: TimeScale;
  readonly heightPx: number;
  readonly metrics: LaneMetrics;
  readonly lanes: readonly PlacedLane[];
  readonly gaps: readonly GapView[];
  readonly cursor: number | null;
  readonly cursorEvent: number | null;
  readonly selection: TimeRange | null;
  /** as of the ruler above: its grid stands where its ticks do */
  readonly startedAtNs?: bigint | null;
};

const LABEL_FONT = "11px system-ui, sans-serif";

/** What painting lanes needs beside their canvas. */
export type LaneTools = {
  readonly measure: Measure;
  readonly lines: PixelLines;
  readonly pixelRatio: number;
};

type SentLane = PlacedLane & { readonly lane: LaneColumns };

export function paintLanes(
  surface: ImageSurface,
  scene: LanesScene,
  palette: Palette,
  { measure, lines, pixelRatio }: LaneTools,
): void {
  surface.font = LABEL_FONT;
  for (const placed of scene.lanes) paintBackground(surface, scene, placed, palette);
  paintGrid(surface, scene, palette);
  const sent = scene.lanes.filter((placed): placed is SentLane => placed.lane !== null);
  for (const placed of sent) paintGaps(surface, scene, placed, palette, measure);
  lines.begin(scene.scale.widthPx, pixelRatio);
  const marks = new LaneMarks();
  const named = sent.flatMap((placed) => {
    marks.lineUp(lines, scene, placed.lane, placed.top, palette);
    return lineUpSpans(lines, scene, placed, palette);
  });
  lines.draw(surface);
  paintNames(surface, scene, named, palette, measure);
  for (const placed of sent) paintHidden(surface, scene, placed, palette);
  marks.paint(surface, palette);
  paintSelection(surface, scene, palette);
  paintCursor(surface, scene, palette);
}

function paintBackground(
  surface: Surface,
  scene: LanesScene,
  placed: PlacedLane,
  palette: Palette,
): void {
  const width = scene.scale.widthPx;
  if (placed.state !== "plain") {
    surface.fillStyle = placed.state === "selected" ? palette.laneSelected : palette.laneHover;
    surface.fillRect(0, placed.top, width, placed.height);
  } else if (placed.lane !== null) {
    const box = emptyBox();
    if (aliveBox(placed.lane, scene.scale, placed.top, placed.height, box)) {
      surface.fillStyle = palette.alive;
      surface.fillRect(box.x, box.y, box.width, box.height);
    }
  }
  surface.fillStyle = placed.firstOfGroup ? palette.groupLine : palette.line;
  surface.fillRect(0, placed.top, width, 1);
}

function paintGrid(surface: Surface, scene: LanesScene, palette: Palette): void {
  surface.fillStyle = palette.grid;
  for (const tick of ticks(scene.scale, TICK_GAP_PX, scene.startedAtNs ?? null)) {
    surface.fillRect(Math.round(xOf(scene.scale, tick.t)), 0, 1, scene.heightPx);
  }
}

function paintSelection(surface: Surface, scene: LanesScene, palette: Palette): void {
  if (scene.selection === null) return;
  const x0 = xOf(scene.scale, scene.selection.t0);
  const x1 = xOf(scene.scale, scene.selection.t1);
  surface.fillStyle = palette.selection;
  surface.fillRect(x0, 0, x1 - x0, scene.heightPx);
  surface.fillStyle = palette.selectionEdge;
  surface.fillRect(x0, 0, 1, scene.heightPx);
  surface.fillRect(x1 - 1, 0, 1, scene.heightPx);
}

function paintCursor(surface: Surface, scene: LanesScene, palette: Palette): void {
  if (scene.cursor === null) return;
  const x = xOf(scene.scale, scene.cursor);
  if (x < -1 || x > scene.scale.widthPx + 1) return;
  surface.fillStyle = palette.cursor;
  surface.fillRect(x - 0.75, 0, 1.5, scene.heightPx);
}
