// Messages as arrows: colour is the kind, the line how sure its two ends belong together (whole: exact,
// dashes: by order, dots: one end only), its ends what is known of them.

import type { SequenceMessage } from "@elixirscope/wire";
import type { Palette } from "../palette.ts";
import type { Surface } from "../surface.ts";
import { fitText, type Measure } from "../text-fit.ts";
import type { SequenceScene } from "./paint-sequence.ts";
import { barX } from "./sequence-hit.ts";
import { firstBelow, labelSpan, SEQUENCE_METRICS, type Arrow } from "./sequence-layout.ts";

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
  const width = layout.columns[0]?.width ?? 0;
  const taken = new Map<number, number>();
  const own = arrows.find(({ message }) => message.message === current);
  if (own !== undefined) paintLabel(surface, own, width, top, palette, measure);
  const ownSpan = own === undefined ? null : labelSpan(own, width);
  for (const arrow of arrows) {
    if (arrow === own) continue;
    const slot = Math.round(labelSpan(arrow, width).left / Math.max(1, width));
    if (arrow.y - (taken.get(slot) ?? -Infinity) < LABEL_ROW) continue;
    const ownSlot = ownSpan === null ? -1 : Math.round(ownSpan.left / Math.max(1, width));
    if (own !== undefined && slot === ownSlot && Math.abs(arrow.y - own.y) < LABEL_ROW) continue;
    if (paintLabel(surface, arrow, width, top, palette, measure)) taken.set(slot, arrow.y);
  }
}

function paintLabel(
  surface: Surface,
  arrow: Arrow,
  columnWidth: number,
  top: number,
  palette: Palette,
  measure: Measure,
): boolean {
  const span = labelSpan(arrow, columnWidth);
  const text = fitText(arrow.message.text, span.width, measure);
  if (text === "") return false;
  const y = Math.max(6, arrow.y - top - 7);
  const width = measure(text);
  // to the side of the sender, which is on the right of arrows that point left
  const left = arrow.x1 < arrow.x0 ? span.left + Math.max(0, span.width - width) : span.left;
  surface.fillStyle = palette.background;
  surface.globalAlpha = 0.82;
  surface.fillRect(left - 2, y - 6, width + 4, 12);
  surface.globalAlpha = 1;
  surface.fillStyle = palette.text;
  surface.fillText(text, left, y);
  return true;
}

const MOST_LINE = 6;
/** Made once: `toLocaleString` makes one for every arrow. */
const COUNT = new Intl.NumberFormat("en");

export function paintMerged(
  surface: Surface,
  { layout, top, heightPx }: SequenceScene,
  palette: Palette,
  measure: Measure,
): void {
  const { merged } = layout;
  const width = layout.columns[0]?.width ?? 0;
  const taken = new Map<number, number>();
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
    const span = labelSpan(arrow, width, SEQUENCE_METRICS);
    const slot = Math.round(span.left / Math.max(1, width));
    if (arrow.y - (taken.get(slot) ?? -Infinity) < LABEL_ROW + 2) continue;
    const text = fitText(`× ${COUNT.format(count)}`, span.width, measure);
    if (text === "") continue;
    const textWidth = measure(text);
    const left = x1 < x0 ? span.left + Math.max(0, span.width - textWidth) : span.left;
    surface.fillStyle = palette.background;
    surface.globalAlpha = 0.82;
    const middle = Math.max(6, y - 8);
    surface.fillRect(left - 2, middle - 6, textWidth + 4, 12);
    surface.globalAlpha = 1;
    surface.fillStyle = palette.text;
    surface.fillText(text, left, middle);
    taken.set(slot, arrow.y);
  }
}
