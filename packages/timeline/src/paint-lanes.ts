// The lanes that are in sight: life, gaps, calls, marks, then the selection and the cursor above all.

import type { GapView, LaneView, SpanView, TimeRange } from "@elixirscope/wire";
import {
  aliveBox,
  emptyBox,
  gapBox,
  hiddenDepth,
  MARK_RADIUS,
  markBox,
  markRow,
  spanBox,
} from "./lane-layout.ts";
import type { LaneMetrics } from "./lane-stack.ts";
import { spanColours, type Palette } from "./palette.ts";
import { glyph, hatch } from "./paint-glyphs.ts";
import { xOf, type TimeScale } from "./scale.ts";
import type { Surface } from "./surface.ts";
import { fitLabel, fitText, type Measure } from "./text-fit.ts";
import { TICK_GAP_PX, ticks } from "./time-text.ts";

export type PlacedLane = {
  /** null: not sent yet */
  readonly lane: LaneView | null;
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
const LABEL_PADDING = 4;
const SMALLEST_LABEL_PX = 22;

export function paintLanes(
  surface: Surface,
  scene: LanesScene,
  palette: Palette,
  measure: Measure,
): void {
  surface.font = LABEL_FONT;
  for (const placed of scene.lanes) paintBackground(surface, scene, placed, palette);
  paintGrid(surface, scene, palette);
  for (const placed of scene.lanes) {
    if (placed.lane === null) continue;
    paintGaps(surface, scene, placed.lane, placed, palette, measure);
    paintSpans(surface, scene, placed.lane, placed.top, palette, measure);
    paintMarks(surface, scene, placed.lane, placed.top, palette);
  }
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

function paintGaps(
  surface: Surface,
  scene: LanesScene,
  lane: LaneView,
  placed: PlacedLane,
  palette: Palette,
  measure: Measure,
): void {
  const box = emptyBox();
  for (const gap of scene.gaps) {
    if (gap.pid !== null && gap.pid !== lane.pid) continue;
    if (!gapBox(gap, scene.scale, placed.top + 1, placed.height - 1, box)) continue;
    surface.fillStyle = palette.gapFill;
    surface.fillRect(box.x, box.y, box.width, box.height);
    hatch(surface, box, palette.gapLine);
    const label = fitText(gapText(gap), box.width - 2 * LABEL_PADDING, measure);
    if (label === "") continue;
    const y = box.y + box.height - 9;
    surface.fillStyle = palette.background;
    surface.fillRect(box.x + 2, y - 7, measure(label) + 2 * LABEL_PADDING, 14);
    surface.fillStyle = palette.gapText;
    surface.fillText(label, box.x + 2 + LABEL_PADDING, y);
  }
}

/** What a gap is called on screen: never "nothing happened". */
export function gapText(gap: GapView): string {
  const reason = gap.reason.replaceAll("_", " ");
  if (gap.count === null) return `not recorded: ${reason}`;
  return `${gap.count.toLocaleString("en")} not recorded: ${reason}`;
}

function paintSpans(
  surface: Surface,
  scene: LanesScene,
  lane: LaneView,
  top: number,
  palette: Palette,
  measure: Measure,
): void {
  const box = emptyBox();
  for (const span of lane.spans) {
    if (!spanBox(span, scene.scale, top, scene.metrics, box)) continue;
    const colours = spanColours(palette, span.label);
    surface.fillStyle = span.count > 1 ? colours.merged : colours.fill;
    // on whole pixels, so that its edges are sharp; a hairline of air keeps neighbours apart once they are wide
    // enough to spare it
    const x = Math.round(box.x);
    const width = Math.max(1, Math.round(box.x + box.width) - x);
    surface.fillRect(x, box.y, width > 3 ? width - 1 : width, box.height);
    if (span.outcome !== "returned") paintOutcome(surface, span, box, palette);
    if (span.call !== null && span.call === scene.cursorEvent) {
      surface.strokeStyle = palette.cursor;
      surface.lineWidth = 2;
      surface.strokeRect(box.x + 1, box.y + 1, Math.max(1, box.width - 3), box.height - 2);
    }
    if (box.width >= SMALLEST_LABEL_PX) {
      const left = Math.max(0, box.x);
      const room = Math.min(box.x + box.width, scene.scale.widthPx) - left - 2 * LABEL_PADDING;
      const label = fitLabel(spanText(span), room, measure);
      if (label !== "") {
        surface.fillStyle = palette.spanText;
        surface.fillText(label, left + LABEL_PADDING, box.y + box.height / 2 + 0.5);
      }
    }
  }
  const hidden = hiddenDepth(lane, scene.metrics);
  if (hidden > 0) {
    surface.fillStyle = palette.mutedText;
    const y = top + 2 * scene.metrics.markRow + scene.metrics.maxRows * scene.metrics.spanRow;
    surface.fillText(`+ ${hidden} deeper levels`, LABEL_PADDING, y + LABEL_PADDING);
  }
}

/** A merged box says how many calls it stands for. */
export function spanText(span: SpanView): string {
  return span.count > 1 ? `×${span.count.toLocaleString("en")} ${span.label}` : span.label;
}

function paintOutcome(
  surface: Surface,
  span: SpanView,
  box: { x: number; y: number; width: number; height: number },
  palette: Palette,
): void {
  switch (span.outcome) {
    case "raised":
      surface.fillStyle = palette.spanError;
      surface.fillRect(box.x, box.y + box.height - 3, box.width, 3);
      break;
    case "mixed":
      surface.fillStyle = palette.spanError;
      surface.fillRect(box.x, box.y + box.height - 2, box.width, 1);
      break;
    case "open":
    case "lost":
    case "tail":
      // its end was not seen: the right edge is left ragged
      surface.fillStyle = palette.spanOpen;
      for (let y = box.y; y < box.y + box.height; y += 4) {
        surface.fillRect(box.x + box.width - 2, y, 2, 2);
      }
      break;
    case "returned":
      break;
  }
}

function paintMarks(
  surface: Surface,
  scene: LanesScene,
  lane: LaneView,
  top: number,
  palette: Palette,
): void {
  const box = emptyBox();
  const lastX: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const mark of lane.marks) {
    if (!markBox(mark, scene.scale, top, scene.metrics, box)) continue;
    const x = box.x + MARK_RADIUS;
    const y = box.y + box.height / 2;
    const row = markRow(mark.kind);
    const important = mark.kind === "exception" || mark.kind === "exit";
    const crowded = x - lastX[row] < 2 * MARK_RADIUS && !important;
    lastX[row] = x;
    surface.fillStyle = palette.marks[mark.kind];
    if (crowded) surface.fillRect(Math.round(x) - 1, box.y, 2, box.height);
    else glyph(surface, mark.kind, x, y);
    if (mark.event !== null && mark.event === scene.cursorEvent) {
      surface.strokeStyle = palette.cursor;
      surface.lineWidth = 1.5;
      surface.beginPath();
      surface.arc(x, y, MARK_RADIUS + 3, 0, 2 * Math.PI);
      surface.stroke();
    }
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
