// Lifelines: from spawn to exit, the depth of the mailbox beside each, requests at work on it, gaps across.

import type { MailboxDepth } from "@elixirscope/wire";
import type { Palette } from "../palette.ts";
import { glyph, hatch } from "../paint-glyphs.ts";
import { gapText } from "../paint-gaps.ts";
import type { Surface } from "../surface.ts";
import { fitText, type Measure } from "../text-fit.ts";
import type { SequenceScene } from "./paint-sequence.ts";
import { yAt } from "./sequence-axis.ts";
import { gapSpan } from "./sequence-hit.ts";
import { firstBelow, SEQUENCE_METRICS, type PlacedColumn } from "./sequence-layout.ts";

const TICK_PX = 5;
const GLYPH_PX = 9;

export function paintLifelines(
  surface: Surface,
  scene: SequenceScene,
  palette: Palette,
  measure: Measure,
): void {
  const { layout, heightPx } = scene;
  for (const { column, left, width } of layout.columns) {
    if (column.pid !== scene.selectedPid) continue;
    surface.fillStyle = palette.laneSelected;
    surface.fillRect(left, 0, width, heightPx);
  }
  paintGaps(surface, scene, palette, measure);
  const deepest = scene.depths.reduce((most, { longest }) => Math.max(most, longest), 0);
  for (const placed of layout.columns) {
    const depth = scene.depths.find(({ pid }) => pid === placed.column.pid);
    if (depth !== undefined && deepest > 0) {
      paintDepth(surface, scene, placed, depth, deepest, palette);
    }
    paintLife(surface, scene, placed, palette);
  }
  paintSpawns(surface, scene, palette);
  paintActive(surface, scene, palette);
}

function paintLife(
  surface: Surface,
  { layout: { axis }, top, heightPx }: SequenceScene,
  { column, x }: PlacedColumn,
  palette: Palette,
): void {
  const { tSpawned, tExited } = column;
  const y0 = tSpawned === null ? 0 : Math.max(0, yAt(axis, tSpawned) - top);
  const y1 = tExited === null ? heightPx : Math.min(heightPx, yAt(axis, tExited) - top);
  surface.fillStyle = column.known ? palette.spanOpen : palette.groupLine;
  if (y1 > y0) surface.fillRect(x, y0, 1, y1 - y0);
}

/** From the parent to where a lifeline begins. */
function paintSpawns(
  surface: Surface,
  { layout: { axis, columns }, top, heightPx }: SequenceScene,
  palette: Palette,
): void {
  surface.fillStyle = palette.marks.spawn;
  for (const { column, x } of columns) {
    if (column.tSpawned === null) continue;
    const y = Math.round(yAt(axis, column.tSpawned) - top);
    if (y < -4 || y > heightPx + 4) continue;
    surface.fillRect(x - 5, y, 11, 1);
    const parent = columns.find((one) => one.column.pid === column.parent);
    if (parent === undefined) continue;
    for (let at = Math.min(x, parent.x); at < Math.max(x, parent.x); at += 5) {
      surface.fillRect(at, y, 2, 1);
    }
    glyph(surface, "spawn", x + 0.5, y + 0.5);
  }
}

/** A step for each bucket, all on one scale, so that mailboxes compare. */
function paintDepth(
  surface: Surface,
  { layout: { axis }, top, heightPx, depthRange: { t0, t1 } }: SequenceScene,
  { x }: PlacedColumn,
  { lengths }: MailboxDepth,
  deepest: number,
  palette: Palette,
): void {
  const { half, depthWidth } = SEQUENCE_METRICS;
  const bucket = (t1 - t0) / Math.max(1, lengths.length);
  surface.fillStyle = palette.densityOutside;
  for (let i = 0; i < lengths.length;) {
    const length = lengths[i] ?? 0;
    const first = i;
    while (i < lengths.length && lengths[i] === length) i += 1;
    if (length === 0) continue;
    const y0 = Math.max(0, yAt(axis, t0 + first * bucket) - top);
    const y1 = Math.min(heightPx, yAt(axis, t0 + i * bucket) - top);
    if (y1 <= 0 || y0 >= heightPx) continue;
    const width = Math.max(2, (length / deepest) * depthWidth);
    surface.fillRect(x + half + 2, y0, width, Math.max(1, y1 - y0));
  }
}

function paintActive(surface: Surface, scene: SequenceScene, palette: Palette): void {
  const { layout, top, heightPx, hovered } = scene;
  const { half } = SEQUENCE_METRICS;
  for (const { activation, x, y0, y1 } of layout.active) {
    const from = Math.max(-2, y0 - top);
    const to = Math.min(heightPx + 2, Math.max(y1, y0 + 2) - top);
    if (to < 0 || from > heightPx) continue;
    const isHovered = hovered.has(activation.call) || hovered.has(activation.reply);
    surface.fillStyle = isHovered ? palette.cursor : palette.background;
    surface.fillRect(x - half, from, 2 * half + 1, to - from);
    surface.strokeStyle = isHovered ? palette.cursor : palette.density;
    surface.lineWidth = 1;
    if (to - from > 2) surface.strokeRect(x - half + 0.5, from + 0.5, 2 * half, to - from - 1);
    else surface.fillRect(x - half, from, 2 * half + 1, 1);
  }
}

function paintGaps(
  surface: Surface,
  scene: SequenceScene,
  palette: Palette,
  measure: Measure,
): void {
  const { layout, top, heightPx, widthPx, gaps } = scene;
  const { gutter } = SEQUENCE_METRICS;
  for (const gap of gaps) {
    const span = gapSpan(layout, gap);
    const y0 = Math.max(0, span.y0 - top);
    const y1 = Math.min(heightPx, span.y1 - top);
    if (y1 <= 0 || y0 >= heightPx) continue;
    const own = layout.columns.find(({ column }) => column.pid === gap.pid);
    if (gap.pid !== null && own === undefined) continue;
    const box = {
      x: own?.left ?? gutter,
      y: y0,
      width: own?.width ?? widthPx - gutter,
      height: Math.max(3, y1 - y0),
    };
    surface.fillStyle = palette.gapFill;
    surface.fillRect(box.x, box.y, box.width, box.height);
    hatch(surface, box, palette.gapLine);
    if (box.height < 16) continue;
    const label = fitText(gapText(gap), box.width - 16, measure);
    if (label === "") continue;
    surface.fillStyle = palette.background;
    surface.fillRect(box.x + 3, box.y + 1, measure(label) + 10, 14);
    surface.fillStyle = palette.gapText;
    surface.fillText(label, box.x + 8, box.y + 8);
  }
}

export function paintMarks(surface: Surface, scene: SequenceScene, palette: Palette): void {
  const { layout, top, heightPx } = scene;
  const { half } = SEQUENCE_METRICS;
  const { marks } = layout;
  /** where the last of a kind stands on each lifeline: on every pixel they would make one bar */
  const last = new Map<string, number>();
  for (let i = firstBelow(marks, top - 5); i < marks.length; i += 1) {
    const placed = marks[i];
    if (placed === undefined || placed.y - top > heightPx + 5) break;
    const y = placed.y - top;
    const { kind } = placed.mark;
    const key = `${placed.x} ${kind}`;
    if (y - (last.get(key) ?? -Infinity) < (kind === "state" ? TICK_PX : GLYPH_PX)) continue;
    last.set(key, y);
    surface.fillStyle = palette.marks[kind];
    if (kind === "state") {
      surface.fillRect(placed.x - half, Math.round(y) - 1, 2 * half + 1, 2);
    } else if (kind !== "exit") glyph(surface, kind, placed.x + 0.5, y);
  }
  for (const { column, x } of layout.columns) {
    if (column.tExited === null) continue;
    const y = yAt(layout.axis, column.tExited) - top;
    if (y < -5 || y > heightPx + 5) continue;
    surface.fillStyle = column.crashed ? palette.spanError : palette.marks.exit;
    surface.fillRect(x - 9, Math.round(y), 19, 2);
    glyph(surface, column.crashed ? "exception" : "exit", x + 0.5, y);
  }
}
