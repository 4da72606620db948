// A flame graph: each frame in the colour of its module, pale where it called others, full where it ran
// itself, striped where it waited. What is too small to draw by itself is one hatched box that says how many.

import type { FlameNode } from "@elixirscope/wire";
import { hatch } from "../paint-glyphs.ts";
import { spanColours, type Palette } from "../palette.ts";
import type { Surface } from "../surface.ts";
import { fitLabel, fitText, type Measure } from "../text-fit.ts";
import { FLAME_ROW_PX, frameText, type FlameBox, type FlameLayout } from "./flame-layout.ts";

export type FlameScene = {
  readonly nodes: readonly FlameNode[];
  readonly layout: FlameLayout;
  /** first pixel in sight, and how many are */
  readonly topPx: number;
  readonly heightPx: number;
  /** a node that the pointer or the keyboard is on */
  readonly hover: number | null;
  /** a part of names, in lower case; empty: no search */
  readonly search: string;
};

const FONT = "11px system-ui, sans-serif";
const PADDING = 5;
const SMALLEST_LABEL_PX = 22;
const DIM = 0.28;
/** What only leads to the frame that is zoomed into stays readable. */
const LEADING = 0.6;

export function paintFlame(
  surface: Surface,
  scene: FlameScene,
  palette: Palette,
  measure: Measure,
): void {
  surface.font = FONT;
  const first = Math.max(0, Math.floor(scene.topPx / FLAME_ROW_PX));
  const last = Math.ceil((scene.topPx + scene.heightPx) / FLAME_ROW_PX);
  for (let depth = first; depth < last; depth++) {
    for (const box of scene.layout.rows[depth] ?? []) {
      const node = scene.nodes[box.node];
      if (node !== undefined) paintBox(surface, scene, box, node, palette, measure);
    }
  }
}

function paintBox(
  surface: Surface,
  scene: FlameScene,
  box: FlameBox,
  node: FlameNode,
  palette: Palette,
  measure: Measure,
): void {
  const y = box.depth * FLAME_ROW_PX - scene.topPx;
  const height = FLAME_ROW_PX - 1;
  // a hairline of air keeps neighbours apart once they are wide enough to spare it
  const width = Math.max(1, box.width > 3 ? box.width - 1 : box.width);
  const matches = scene.search !== "" && node.name.toLowerCase().includes(scene.search);
  const isDim = scene.search !== "" && !matches;
  surface.globalAlpha = scene.hover === box.node ? 1 : isDim ? DIM : box.leads ? LEADING : 1;
  const colours = spanColours(palette, node.name);
  if (node.function === null) {
    surface.fillStyle = palette.alive;
    surface.fillRect(box.x, y, width, height);
    if (width > 2) hatch(surface, { x: box.x, y, width, height }, palette.groupLine);
  } else {
    surface.fillStyle = box.leads ? colours.fill : colours.merged;
    surface.fillRect(box.x, y, width, height);
    paintOwn(surface, box, y, width, colours.fill, palette);
  }
  if (matches) {
    surface.fillStyle = palette.cursor;
    surface.fillRect(box.x, y + height - 2, width, 2);
  }
  if (width >= SMALLEST_LABEL_PX) paintLabel(surface, box, node, y, width, palette, measure);
  surface.globalAlpha = 1;
  if (scene.hover === box.node) {
    surface.strokeStyle = palette.cursor;
    surface.lineWidth = 1;
    surface.strokeRect(box.x + 0.5, y + 0.5, Math.max(1, width - 1), height - 1);
  }
}

/** What the frame did itself, at its right end. */
function paintOwn(
  surface: Surface,
  box: FlameBox,
  y: number,
  width: number,
  fill: string,
  palette: Palette,
): void {
  const height = FLAME_ROW_PX - 1;
  const end = box.x + width;
  const waiting = Math.min(width, box.waitingPx);
  const self = Math.min(width - waiting, box.selfPx);
  if (self > 0) {
    surface.fillStyle = fill;
    surface.fillRect(end - waiting - self, y, self, height);
  }
  if (waiting <= 0) return;
  surface.fillStyle = palette.waiting;
  surface.fillRect(end - waiting, y, waiting, height);
  if (waiting > 3) {
    hatch(surface, { x: end - waiting, y, width: waiting, height }, palette.waitingLine);
  }
}

function paintLabel(
  surface: Surface,
  box: FlameBox,
  node: FlameNode,
  y: number,
  width: number,
  palette: Palette,
  measure: Measure,
): void {
  const room = width - 2 * PADDING;
  const text = frameText(node);
  const label =
    node.function === null ? fitText(text, room, measure) : fitLabel(text, room, measure);
  if (label === "") return;
  surface.fillStyle = node.function === null ? palette.mutedText : palette.spanText;
  surface.fillText(label, box.x + PADDING, y + FLAME_ROW_PX / 2);
}
