// Calls of a lane as boxes: a line of pixels for each row of them, and texts on those that are wide enough.

import { OUTCOMES, spanAt, type LaneColumns, type SpanView } from "@elixirscope/wire";
import { countText } from "./count-text.ts";
import { emptyBox, hiddenDepth, spanBox } from "./lane-layout.ts";
import type { LanesScene, PlacedLane } from "./paint-lanes.ts";
import { spanColours, type Palette } from "./palette.ts";
import { pixelOf, type PixelLines } from "./pixel-lines.ts";
import type { Box, Surface } from "./surface.ts";
import { fitLabel, type Measure } from "./text-fit.ts";

const LABEL_PADDING = 4;
const SMALLEST_LABEL_PX = 22;
/** A hairline of air keeps neighbours apart once they are wide enough to spare it. */
const AIR_FROM_PX = 3.5;
const RETURNED = OUTCOMES.indexOf("returned");

/** A box with room for its name, or that of the event at the cursor. */
export type NamedSpan = {
  readonly lane: LaneColumns;
  readonly at: number;
  readonly box: Box;
  readonly isAtCursor: boolean;
};

/** Puts the boxes into lines; returns those that there is more to paint of. */
export function lineUpSpans(
  lines: PixelLines,
  scene: LanesScene,
  { lane, top }: PlacedLane & { readonly lane: LaneColumns },
  palette: Palette,
): readonly NamedSpan[] {
  const { spans } = lane;
  const named: NamedSpan[] = [];
  const pixels = pixelsOf(lane.labels, palette);
  const endings = new Endings(lines, palette);
  let box = emptyBox();
  let depth = -1;
  let line = 0;
  for (let i = 0; i < spans.t0.length; i += 1) {
    if (!spanBox(spans, i, scene.scale, top, scene.metrics, box)) continue;
    if (spans.depth[i] !== depth) {
      depth = spans.depth[i] ?? 0;
      line = lines.add();
      lines.show(line, box.y, box.height);
      endings.beginRow(box);
    }
    const colour = pixels[2 * (spans.label[i] ?? 0) + ((spans.count[i] ?? 0) > 1 ? 1 : 0)] ?? 0;
    const right = box.x + box.width;
    lines.fill(line, box.x, box.width >= AIR_FROM_PX ? right - 1 : right, colour);
    if (spans.outcome[i] !== RETURNED) endings.mark(OUTCOMES[spans.outcome[i] ?? 0], box);
    const isAtCursor = scene.cursorEvent !== null && spans.call[i] === scene.cursorEvent;
    if (box.width >= SMALLEST_LABEL_PX || isAtCursor) {
      named.push({ lane, at: i, box, isAtCursor });
      box = emptyBox();
    }
  }
  return named;
}

/** How the calls of a row ended that did not return: lines of their own, made when the first of a kind comes. */
class Endings {
  readonly #lines: PixelLines;
  readonly #error: number;
  readonly #open: number;
  #row: { readonly y: number; readonly bottom: number } = { y: 0, bottom: 0 };
  #raised = -1;
  #mixed = -1;
  #ragged = -1;

  constructor(lines: PixelLines, palette: Palette) {
    this.#lines = lines;
    this.#error = pixelOf(palette.spanError);
    this.#open = pixelOf(palette.spanOpen);
  }

  beginRow({ y, height }: Box): void {
    this.#row = { y, bottom: y + height };
    this.#raised = this.#mixed = this.#ragged = -1;
  }

  mark(outcome: SpanView["outcome"] | undefined, { x, width }: Box): void {
    const lines = this.#lines;
    const { y, bottom } = this.#row;
    const right = x + width;
    if (outcome === "raised") {
      if (this.#raised === -1) lines.show((this.#raised = lines.add()), bottom - 3, 3);
      lines.fill(this.#raised, x, right, this.#error);
    } else if (outcome === "mixed") {
      if (this.#mixed === -1) lines.show((this.#mixed = lines.add()), bottom - 2, 1);
      lines.fill(this.#mixed, x, right, this.#error);
    } else {
      // its end was not seen: the right edge is left ragged
      if (this.#ragged === -1) {
        this.#ragged = lines.add();
        for (let at = y; at < bottom; at += 4) lines.show(this.#ragged, at, 2);
      }
      lines.fill(this.#ragged, right - 2, right, this.#open);
    }
  }
}

export function paintNames(
  surface: Surface,
  scene: LanesScene,
  named: readonly NamedSpan[],
  palette: Palette,
  measure: Measure,
): void {
  for (const { lane, at, box, isAtCursor } of named) {
    if (isAtCursor) {
      surface.strokeStyle = palette.cursor;
      surface.lineWidth = 2;
      surface.strokeRect(box.x + 1, box.y + 1, Math.max(1, box.width - 3), box.height - 2);
    }
    if (box.width < SMALLEST_LABEL_PX) continue;
    const left = Math.max(0, box.x);
    const room = Math.min(box.x + box.width, scene.scale.widthPx) - left - 2 * LABEL_PADDING;
    const label = fitLabel(spanText(spanAt(lane, at)), room, measure);
    if (label === "") continue;
    surface.fillStyle = palette.spanText;
    surface.fillText(label, left + LABEL_PADDING, box.y + box.height / 2 + 0.5);
  }
}

/** Says how many levels of calls are not drawn. */
export function paintHidden(
  surface: Surface,
  { metrics }: LanesScene,
  { lane, top }: PlacedLane & { readonly lane: LaneColumns },
  palette: Palette,
): void {
  const hidden = hiddenDepth(lane, metrics);
  if (hidden === 0) return;
  surface.fillStyle = palette.mutedText;
  const y = top + 2 * metrics.markRow + metrics.maxRows * metrics.spanRow;
  surface.fillText(`+ ${hidden} deeper levels`, LABEL_PADDING, y + LABEL_PADDING);
}

/** A merged box says how many calls it stands for. */
export function spanText({ count, label }: SpanView): string {
  return count > 1 ? `×${countText(count)} ${label}` : label;
}

const known = new WeakMap<readonly string[], Map<Palette, Uint32Array>>();

/** Of each label the colour of one call, then that of several merged. */
function pixelsOf(labels: readonly string[], palette: Palette): Uint32Array {
  const ofPalettes = known.get(labels) ?? new Map<Palette, Uint32Array>();
  known.set(labels, ofPalettes);
  let pixels = ofPalettes.get(palette);
  if (pixels === undefined) {
    pixels = Uint32Array.from(
      labels.flatMap((label) => {
        const { fill, merged } = spanColours(palette, label);
        return [pixelOf(fill), pixelOf(merged)];
      }),
    );
    ofPalettes.set(palette, pixels);
  }
  return pixels;
}
