// What is written in a constellation: names of hulls, what went along the edges that are looked at, names of
// nodes. What finds no free room is not written.

import type { SystemEdge } from "@elixirscope/wire";
import type { Palette } from "../palette.ts";
import type { Box, Surface } from "../surface.ts";
import { fitText, type Measure } from "../text-fit.ts";
import { edgeLine, emptyLine } from "./edge-line.ts";
import { Occupied } from "../occupied.ts";
import type { Outline } from "./outline.ts";
import {
  radiusOnScreen,
  screenX,
  screenY,
  type Camera,
  type Constellation,
  type Screen,
  type Star,
} from "./star.ts";

export type ConstellationScene = Constellation & {
  readonly screen: Screen;
  readonly camera: Camera;
  /** the selected node, and the one that the pointer or the keyboard is at */
  readonly selected: string | null;
  readonly pointed: string | null;
  readonly pointedEdge: SystemEdge | null;
  /** what is written at an edge that is looked at */
  readonly edgeText: (edge: SystemEdge) => string;
};

export const FONT = "11px system-ui, sans-serif";
const HULL_FONT = "600 11px system-ui, sans-serif";
const LABEL_HEIGHT = 14;
const MOST_LABEL_PX = 150;
const MOST_EDGE_LABELS = 14;
const MOST_ALIKE = 3;
const ROOMY_SCALE = 1.7;

export function paintTexts(
  surface: Surface,
  scene: ConstellationScene,
  around: readonly Outline[],
  palette: Palette,
  measure: Measure,
): void {
  const taken = new Occupied();
  for (const star of scene.stars) {
    // names may lie over the small ones, which would leave them no room
    if (isLarge(star, scene)) taken.add(boxOf(star, scene));
  }
  paintHullNames(surface, around, scene.screen, palette, measure, taken);
  paintEdgeTexts(surface, scene, palette, measure, taken);
  paintNames(surface, scene, palette, measure, taken);
}

function boxOf(
  star: Star,
  { camera, screen }: ConstellationScene,
): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  const radius = radiusOnScreen(star, camera);
  return {
    x: screenX(camera, screen.widthPx, star.x) - radius,
    y: screenY(camera, screen.heightPx, star.y) - radius,
    width: 2 * radius,
    height: 2 * radius,
  };
}

function paintHullNames(
  surface: Surface,
  around: readonly Outline[],
  { widthPx, heightPx }: Screen,
  palette: Palette,
  measure: Measure,
  taken: Occupied,
): void {
  surface.font = HULL_FONT;
  surface.fillStyle = palette.mutedText;
  for (const { hull, points, alpha } of around.toReversed()) {
    const ys = points.map(({ y }) => y);
    const xs = points.map(({ x }) => x);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const text = fitText(hull.label, Math.max(120, right - left), measure);
    const width = measure(text) * 1.08;
    const middle = (left + right) / 2 - width / 2;
    const x = Math.min(Math.max(4, middle), Math.max(4, widthPx - width - 4));
    const [above, below] = [Math.min(...ys) - LABEL_HEIGHT - 1, Math.max(...ys) + 1];
    const free = [
      above,
      above - LABEL_HEIGHT,
      above - 2 * LABEL_HEIGHT,
      below,
      below + LABEL_HEIGHT,
    ]
      .filter((y) => y >= 0 && y + LABEL_HEIGHT <= heightPx)
      .map((y): Box => ({ x, y, width, height: LABEL_HEIGHT }))
      .find((box) => taken.take(box));
    if (free === undefined) continue;
    surface.globalAlpha = alpha;
    surface.fillText(text, x, free.y + LABEL_HEIGHT / 2);
  }
  surface.globalAlpha = 1;
}

function paintEdgeTexts(
  surface: Surface,
  scene: ConstellationScene,
  palette: Palette,
  measure: Measure,
  taken: Occupied,
): void {
  const focus = scene.pointed ?? scene.selected;
  surface.font = FONT;
  let drawn = 0;
  for (const edge of scene.edges) {
    if (drawn >= MOST_EDGE_LABELS) return;
    const isLookedAt = edge === scene.pointedEdge || edge.from === focus || edge.to === focus;
    const line = emptyLine();
    if (!isLookedAt || !edgeLine(edge, scene, scene.camera, scene.screen, line)) continue;
    const text = scene.edgeText(edge);
    const width = measure(text) + 6;
    const x = (line.x0 + line.x1) / 2 - width / 2;
    const y = (line.y0 + line.y1) / 2;
    const box = { x, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT };
    if (!taken.take(box)) continue;
    drawn += 1;
    surface.fillStyle = palette.background;
    surface.globalAlpha = 0.85;
    surface.fillRect(box.x, box.y, box.width, box.height);
    surface.globalAlpha = 1;
    surface.fillStyle = palette.marks.send;
    surface.fillText(text, x + 3, y);
  }
}

/** Beside its node, where there is room. */
function paintNames(
  surface: Surface,
  scene: ConstellationScene,
  palette: Palette,
  measure: Measure,
  taken: Occupied,
): void {
  surface.font = FONT;
  const ranked = scene.stars.toSorted((a, b) => rank(b, scene) - rank(a, scene));
  const written = new Map<string, number>();
  for (const star of ranked) {
    if (star.alpha < 0.2) continue;
    const { id, label } = star.node;
    const isLookedAt = id === scene.selected || id === scene.pointed;
    // many that are called the same say it a few times only, until there is room
    const again = written.get(label) ?? 0;
    if (again >= MOST_ALIKE && !isLookedAt && scene.camera.scale < ROOMY_SCALE) continue;
    const box = boxOf(star, scene);
    const { widthPx, heightPx } = scene.screen;
    if (box.x > widthPx || box.y > heightPx || box.x + box.width < 0 || box.y + box.height < 0) {
      continue;
    }
    const text = fitText(star.node.label, MOST_LABEL_PX, measure);
    const width = measure(text);
    const free = placesOfName(box, width).find((place) => taken.take(place));
    const isFree = free !== undefined;
    if (!isFree && !isLookedAt) continue;
    const { x, y } = free ?? nameBelow(box, width);
    written.set(label, again + 1);
    surface.globalAlpha = isFree ? 0.6 * star.alpha : 0.9;
    surface.fillStyle = palette.background;
    surface.fillRect(x - 1, y, width + 2, LABEL_HEIGHT);
    surface.globalAlpha = star.alpha;
    surface.fillStyle = star.node.dead === star.node.count ? palette.mutedText : palette.text;
    surface.fillText(text, x, y + LABEL_HEIGHT / 2);
    surface.globalAlpha = 1;
  }
}

function nameBelow({ x, y, width, height }: Box, textPx: number): Box {
  return { x: x + width / 2 - textPx / 2, y: y + height + 4, width: textPx, height: LABEL_HEIGHT };
}

/** Below its node, above it, or beside it. */
function placesOfName(box: Box, textPx: number): readonly Box[] {
  const below = nameBelow(box, textPx);
  const beside = box.y + box.height / 2 - LABEL_HEIGHT / 2;
  return [
    below,
    { ...below, y: box.y - 4 - LABEL_HEIGHT },
    { ...below, x: box.x + box.width + 5, y: beside },
    { ...below, x: box.x - 5 - textPx, y: beside },
  ];
}

function isLarge(star: Star, { camera, selected }: ConstellationScene): boolean {
  const { count, id } = star.node;
  return count > 1 || id === selected || radiusOnScreen(star, camera) >= 5;
}

function rank({ node, radius }: Star, { selected, pointed }: ConstellationScene): number {
  const looked = node.id === selected ? 4_000 : node.id === pointed ? 3_000 : 0;
  const isKnown = node.count > 1 || node.process?.name != null ? 1_000 : 0;
  return looked + isKnown + (node.dead === node.count ? 0 : 500) + radius;
}
