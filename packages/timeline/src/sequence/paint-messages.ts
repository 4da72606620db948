// Messages as arrows: colour is the kind, the line how sure its two ends belong together (whole: exact,
// dashes: by order, dots: one end only), its ends what is known of them.

import type { SequenceMessage } from "@elixirscope/wire";
import { countText } from "../count-text.ts";
import { Occupied } from "../occupied.ts";
import type { Palette } from "../palette.ts";
import type { Box, Surface } from "../surface.ts";
import { fitText, type Measure } from "../text-fit.ts";
import type { SequenceScene } from "./paint-sequence.ts";
import { barX } from "./sequence-hit.ts";
import { firstBelow, labelSpan, type Arrow, type SequenceLayout } from "./sequence-layout.ts";

const LABEL_ROW = 13;
const HOOK = 22;
const DASHES: Readonly<Record<SequenceMessage["match"], readonly [number, number] | null>> = {
  exact: null,
  ordered: [7, 4],
  none: [2, 3],
};

/** What the kinds of messages look like, by the marks of the timeline. */
export function messageColour(
  { marks, mutedText }: Palette,
  kind: SequenceMessage["kind"],
): string {
  const colours: Readonly<Record<SequenceMessage["kind"], string>> = {
    call: marks.send,
    reply: marks.receive,
    cast: marks.state,
    down: marks.exception,
    exit: marks.exception,
    plain: mutedText,
    info: mutedText,
  };
  return colours[kind];
}

export function paintMessages(
  surface: Surface,
  scene: SequenceScene,
  palette: Palette,
  measure: Measure,
): void {
  const { layout, top, heightPx, hovered, current } = scene;
  const seen: Arrow[] = [];
  const { arrows } = layout;
  for (let i = firstBelow(arrows, top - layout.longestBar); i < arrows.length; i += 1) {
    const arrow = arrows[i];
    if (arrow === undefined || arrow.y - top > heightPx + 8) break;
    if ((arrow.yTaken ?? arrow.y) - top >= -8) seen.push(arrow);
  }
  const byColour = new Map<string, Arrow[]>();
  for (const arrow of seen) {
    const colour = messageColour(palette, arrow.message.kind);
    const same = byColour.get(colour);
    if (same === undefined) byColour.set(colour, [arrow]);
    else same.push(arrow);
  }
  for (const [colour, same] of byColour) paintArrows(surface, same, top, colour, 1);
  const chosen = seen.filter(({ message: { message } }) => message === current);
  paintArrows(surface, chosen, top, palette.cursor, 2);
  const pointed = seen.filter(({ message: { message } }) => hovered.has(message));
  for (const arrow of pointed) {
    paintArrows(surface, [arrow], top, messageColour(palette, arrow.message.kind), 2.5);
  }
  paintLabels(surface, scene, seen, palette, measure);
}

function paintArrows(
  surface: Surface,
  arrows: readonly Arrow[],
  top: number,
  colour: string,
  lineWidth: number,
): void {
  if (arrows.length === 0) return;
  surface.fillStyle = colour;
  surface.strokeStyle = colour;
  surface.lineWidth = lineWidth;
  surface.globalAlpha = 0.55;
  for (const arrow of arrows) {
    const length = (arrow.yTaken ?? arrow.y) - arrow.y;
    if (length >= 1.5) surface.fillRect(barX(arrow), arrow.y - top, lineWidth + 2, length);
  }
  surface.globalAlpha = 1;
  surface.beginPath();
  for (const arrow of arrows) traceLine(surface, arrow, top);
  surface.stroke();
  surface.beginPath();
  for (const arrow of arrows) traceEnds(surface, arrow, top);
  surface.fill();
  surface.beginPath();
  for (const arrow of arrows) traceLost(surface, arrow, top);
  surface.stroke();
}

function lineY({ y }: Arrow, top: number): number {
  return Math.round(y - top) + 0.5;
}

function traceLine(surface: Surface, arrow: Arrow, top: number): void {
  const y = lineY(arrow, top);
  const { x0, x1, message } = arrow;
  if (x0 === x1) {
    surface.moveTo(x0, y);
    surface.lineTo(x0 + HOOK, y);
    surface.lineTo(x0 + HOOK, y + 5);
    surface.lineTo(x0 + 6, y + 5);
    return;
  }
  const dash = DASHES[message.match];
  if (dash === null) {
    surface.moveTo(x0, y);
    surface.lineTo(x1, y);
    return;
  }
  const [on, off] = dash;
  const direction = Math.sign(x1 - x0);
  for (let at = 0; at < Math.abs(x1 - x0); at += on + off) {
    const end = Math.min(at + on, Math.abs(x1 - x0));
    surface.moveTo(x0 + direction * at, y);
    surface.lineTo(x0 + direction * end, y);
  }
}

/** The head, and a dot where it comes from nowhere that was recorded. */
function traceEnds(surface: Surface, arrow: Arrow, top: number): void {
  const { x0, x1, from, message } = arrow;
  const y = lineY(arrow, top) + (x0 === x1 ? 5 : 0);
  const direction = x0 === x1 ? -1 : Math.sign(x1 - x0);
  if (from === "unknown" || message.tSent === null) {
    surface.moveTo(x0 + 3, y);
    surface.arc(x0, y, 3, 0, 2 * Math.PI);
  }
  if (message.tReceived === null) return;
  const tip = x0 === x1 ? x1 + 1 : x1;
  surface.moveTo(tip, y);
  surface.lineTo(tip - 7 * direction, y - 3.6);
  surface.lineTo(tip - 7 * direction, y + 3.6);
}

/** A ring for a head: no receive of it is in this recording. */
function traceLost(surface: Surface, arrow: Arrow, top: number): void {
  if (arrow.message.tReceived !== null) return;
  const y = lineY(arrow, top);
  const x = arrow.x1 - 5 * Math.sign(arrow.x1 - arrow.x0);
  surface.moveTo(x + 4, y);
  surface.arc(x, y, 4, 0, 2 * Math.PI);
}

/** Where labels would meet, the first one stays; the cursor's message comes before all. */
function paintLabels(
  surface: Surface,
  { layout, top, current }: SequenceScene,
  arrows: readonly Arrow[],
  palette: Palette,
  measure: Measure,
): void {
  const labels = labelsOn(layout, surface, palette, measure);
  const own = arrows.filter(({ message }) => message.message === current);
  const others = arrows.filter(({ message }) => message.message !== current);
  for (const arrow of [...own, ...others]) {
    paintLabel(labels, arrow, arrow.message.text, arrow.y - top - 7);
  }
}

type Labels = {
  readonly surface: Surface;
  readonly palette: Palette;
  readonly measure: Measure;
  readonly columnWidth: number;
  readonly most: number;
  readonly taken: Occupied;
};

function labelsOn(
  { axis, columns }: SequenceLayout,
  surface: Surface,
  palette: Palette,
  measure: Measure,
): Labels {
  const columnWidth = columns[0]?.width ?? 0;
  // by order every arrow has a row for itself, and room for its text up to its end
  const most = axis.kind === "order" ? Infinity : columnWidth;
  return { surface, palette, measure, columnWidth, most, taken: new Occupied() };
}

/** Over an arrow, to the side of its sender, which is on the right of arrows that point left. */
function paintLabel(
  { surface, palette, measure, columnWidth, most, taken }: Labels,
  arrow: Pick<Arrow, "x0" | "x1">,
  text: string,
  y: number,
): void {
  const span = labelSpan(arrow, columnWidth, most);
  const middle = Math.max(LABEL_ROW / 2, y);
  const boxOf = (width: number): Box => ({
    x: (arrow.x1 < arrow.x0 ? span.left + span.width - width : span.left) - 2,
    y: middle - LABEL_ROW / 2,
    width: width + 4,
    height: LABEL_ROW,
  });
  // asked before the text is cut: of thousands of arrows nearly none has room
  if (!taken.isFree(boxOf(0))) return;
  const shown = fitText(text, span.width, measure);
  if (shown === "") return;
  const box = boxOf(measure(shown));
  if (!taken.take(box)) return;
  surface.fillStyle = palette.background;
  surface.globalAlpha = 0.82;
  surface.fillRect(box.x, box.y, box.width, box.height);
  surface.globalAlpha = 1;
  surface.fillStyle = palette.text;
  surface.fillText(shown, box.x + 2, middle);
}

const MOST_LINE = 6;

export function paintMerged(
  surface: Surface,
  { layout, top, heightPx }: SequenceScene,
  palette: Palette,
  measure: Measure,
): void {
  const { merged } = layout;
  const labels = labelsOn(layout, surface, palette, measure);
  for (let i = firstBelow(merged, top - 8); i < merged.length; i += 1) {
    const arrow = merged[i];
    if (arrow === undefined || arrow.y - top > heightPx + 8) break;
    const y = Math.round(arrow.y - top) + 0.5;
    const { x0, x1 } = arrow;
    const { count } = arrow.merged;
    const thick = Math.min(MOST_LINE, 1 + Math.log2(count) / 2);
    const hook = x0 === x1;
    const direction = hook ? 1 : Math.sign(x1 - x0);
    const end = hook ? x0 + HOOK : x1;
    surface.fillStyle = count === 1 ? palette.mutedText : palette.density;
    surface.fillRect(
      Math.min(x0, end),
      y - thick / 2,
      Math.max(0, Math.abs(end - x0) - (hook ? 0 : 6)) + (direction < 0 ? 6 : 0),
      thick,
    );
    surface.beginPath();
    surface.moveTo(end, y);
    surface.lineTo(end - (6 + thick) * direction, y - 3 - thick / 2);
    surface.lineTo(end - (6 + thick) * direction, y + 3 + thick / 2);
    surface.fill();
    paintLabel(labels, arrow, `× ${countText(count)}`, y - 8);
  }
}
