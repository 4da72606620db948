// The constellation on a canvas: hulls, then edges, then nodes, then names. Lines of one width and colour
// are one path: a thousand edges are a few strokes.

import { spanColours, type Palette } from "../palette.ts";
import type { Surface } from "../surface.ts";
import type { Measure } from "../text-fit.ts";
import { edgeLine, emptyLine, type EdgeLine } from "./edge-line.ts";
import { outlines, type Outline } from "./outline.ts";
import { FONT, paintTexts, type ConstellationScene } from "./paint-texts.ts";
import { radiusOnScreen, screenX, screenY, type Star } from "./star.ts";

export function paintConstellation(
  surface: Surface,
  scene: ConstellationScene,
  palette: Palette,
  measure: Measure,
): void {
  const around = outlines(scene, scene.camera, scene.screen);
  for (const outline of around) paintHull(surface, outline, palette);
  paintEdges(surface, scene, palette);
  paintSpawns(surface, scene, palette);
  for (const star of scene.stars) paintStar(surface, star, scene, palette);
  surface.globalAlpha = 1;
  paintTexts(surface, scene, around, palette, measure);
}

function paintHull(
  surface: Surface,
  { points, hull, alpha, depth }: Outline,
  palette: Palette,
): void {
  const [first, ...rest] = points;
  if (first === undefined) return;
  surface.globalAlpha = alpha;
  surface.beginPath();
  surface.moveTo(first.x, first.y);
  for (const { x, y } of rest) surface.lineTo(x, y);
  surface.closePath();
  surface.fillStyle = depth % 2 === 0 ? palette.alive : palette.background;
  surface.strokeStyle = hull.kind === "supervisor" ? palette.groupLine : palette.line;
  surface.lineWidth = 1;
  surface.fill();
  surface.stroke();
}

/** Edges by how they are drawn: those of what is looked at stand out. */
function paintEdges(surface: Surface, scene: ConstellationScene, palette: Palette): void {
  const focus = scene.pointed ?? scene.selected;
  const plain: EdgeLine[] = [];
  const strong: EdgeLine[] = [];
  for (const edge of scene.edges) {
    const line = emptyLine();
    if (!edgeLine(edge, scene, scene.camera, scene.screen, line)) continue;
    const isLookedAt = edge === scene.pointedEdge || edge.from === focus || edge.to === focus;
    (isLookedAt ? strong : plain).push(line);
  }
  strokeLines(surface, plain, palette.density, focus === null ? 0.7 : 0.45);
  strokeLines(surface, strong, palette.marks.send, 0.9);
}

function strokeLines(
  surface: Surface,
  lines: readonly EdgeLine[],
  colour: string,
  alpha: number,
): void {
  const buckets = new Map<string, EdgeLine[]>();
  for (const line of lines) {
    const key = `${Math.round(line.widthPx * 2)} ${Math.round(line.alpha * 4)}`;
    const bucket = buckets.get(key) ?? [];
    buckets.set(key, bucket);
    bucket.push(line);
  }
  surface.strokeStyle = colour;
  surface.fillStyle = colour;
  for (const bucket of buckets.values()) {
    const [first] = bucket;
    if (first === undefined) continue;
    surface.globalAlpha = alpha * first.alpha * Math.min(1, 0.35 + first.widthPx / 6);
    surface.lineWidth = first.widthPx;
    surface.beginPath();
    for (const { x0, y0, x1, y1 } of bucket) {
      surface.moveTo(x0, y0);
      surface.lineTo(x1, y1);
    }
    surface.stroke();
    surface.beginPath();
    for (const line of bucket) arrowHead(surface, line);
    surface.fill();
  }
  surface.globalAlpha = 1;
}

function arrowHead(surface: Surface, { x0, y0, x1, y1, widthPx }: EdgeLine): void {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 10) return;
  const size = 4 + widthPx;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const half = size * 0.45;
  surface.moveTo(x1 + ux * 1.5, y1 + uy * 1.5);
  surface.lineTo(x1 - ux * size - uy * half, y1 - uy * size + ux * half);
  surface.lineTo(x1 - ux * size + uy * half, y1 - uy * size - ux * half);
  surface.closePath();
}

/** From who spawned to who was spawned, for as long as that is news. */
function paintSpawns(surface: Surface, scene: ConstellationScene, palette: Palette): void {
  const { screen, camera, byId } = scene;
  for (const star of scene.stars) {
    const parent = star.node.parent === null ? undefined : byId.get(star.node.parent);
    if (star.birth <= 0.02 || parent === undefined) continue;
    surface.globalAlpha = star.birth * star.alpha;
    surface.strokeStyle = palette.marks.spawn;
    surface.lineWidth = 2;
    surface.beginPath();
    surface.moveTo(
      screenX(camera, screen.widthPx, parent.x),
      screenY(camera, screen.heightPx, parent.y),
    );
    surface.lineTo(
      screenX(camera, screen.widthPx, star.x),
      screenY(camera, screen.heightPx, star.y),
    );
    surface.stroke();
  }
}

function paintStar(
  surface: Surface,
  star: Star,
  scene: ConstellationScene,
  palette: Palette,
): void {
  const { screen, camera } = scene;
  const { node } = star;
  const x = screenX(camera, screen.widthPx, star.x);
  const y = screenY(camera, screen.heightPx, star.y);
  const radius = radiusOnScreen(star, camera);
  if (x < -40 || y < -40 || x > screen.widthPx + 40 || y > screen.heightPx + 40) return;
  const isDead = node.dead === node.count;
  const colours = spanColours(palette, node.process?.initialCall ?? node.label);
  surface.globalAlpha = star.alpha;
  if (star.birth > 0.02)
    ring(surface, x, y, radius + 3 + 6 * star.birth, palette.marks.spawn, 2 * star.birth);
  surface.beginPath();
  surface.arc(x, y, radius, 0, 2 * Math.PI);
  surface.fillStyle = isDead ? palette.background : colours.fill;
  surface.fill();
  surface.strokeStyle =
    node.crashed > 0 ? palette.errors : isDead ? palette.spanOpen : palette.mutedText;
  surface.lineWidth = node.process?.behaviour === "supervisor" ? 2 : 1;
  surface.stroke();
  if (node.count > 1) {
    ring(surface, x, y, radius + 2.5, palette.mutedText, 1);
    surface.fillStyle = palette.spanText;
    surface.font = FONT;
    surface.textAlign = "center";
    surface.fillText(shortCount(node.count), x, y + 0.5);
    surface.textAlign = "left";
  } else if (isDead) {
    cross(surface, x, y, Math.min(radius, 7) * 0.55);
  }
  if (node.id === scene.selected) ring(surface, x, y, radius + 4, palette.cursor, 2.5);
  else if (node.id === scene.pointed) ring(surface, x, y, radius + 4, palette.windowEdge, 1.5);
}

function ring(
  surface: Surface,
  x: number,
  y: number,
  radius: number,
  colour: string,
  widthPx: number,
): void {
  surface.beginPath();
  surface.arc(x, y, radius, 0, 2 * Math.PI);
  surface.strokeStyle = colour;
  surface.lineWidth = widthPx;
  surface.stroke();
}

function cross(surface: Surface, x: number, y: number, size: number): void {
  surface.beginPath();
  surface.moveTo(x - size, y - size);
  surface.lineTo(x + size, y + size);
  surface.moveTo(x + size, y - size);
  surface.lineTo(x - size, y + size);
  surface.stroke();
}

/** `576`, `12k`. */
export function shortCount(count: number): string {
  return count < 10_000 ? String(count) : `${Math.round(count / 1_000)}k`;
}
