// Where an edge runs on the screen: from rim to rim, to the right of the straight way, so that the two
// directions lie side by side. Painting and hit testing both ask here.

import type { SystemEdge } from "@elixirscope/wire";
import {
  radiusOnScreen,
  screenX,
  screenY,
  type Camera,
  type Constellation,
  type Screen,
} from "./star.ts";

export type EdgeLine = {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  widthPx: number;
  alpha: number;
};

const SIDE_PX = 2.5;
const MOST_WIDTH_PX = 5;

export function emptyLine(): EdgeLine {
  return { x0: 0, y0: 0, x1: 0, y1: 0, widthPx: 0, alpha: 0 };
}

/** Fills `line`; false: it is not to be seen. */
export function edgeLine(
  edge: SystemEdge,
  { byId }: Constellation,
  camera: Camera,
  { widthPx, heightPx }: Screen,
  line: EdgeLine,
): boolean {
  const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
  if (from === undefined || to === undefined || from === to) return false;
  const [ax, ay] = [screenX(camera, widthPx, from.x), screenY(camera, heightPx, from.y)];
  const [bx, by] = [screenX(camera, widthPx, to.x), screenY(camera, heightPx, to.y)];
  if (Math.max(ax, bx) < 0 || Math.min(ax, bx) > widthPx) return false;
  if (Math.max(ay, by) < 0 || Math.min(ay, by) > heightPx) return false;
  const length = Math.hypot(bx - ax, by - ay);
  const [ra, rb] = [radiusOnScreen(from, camera), radiusOnScreen(to, camera)];
  if (length <= ra + rb + 2) return false;
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  line.x0 = ax + ux * ra - uy * SIDE_PX;
  line.y0 = ay + uy * ra + ux * SIDE_PX;
  line.x1 = bx - ux * (rb + 2) - uy * SIDE_PX;
  line.y1 = by - uy * (rb + 2) + ux * SIDE_PX;
  line.widthPx = edgeWidth(edge.messages);
  line.alpha = Math.min(from.alpha, to.alpha);
  return line.alpha > 0.02;
}

/** One pixel for one message, one more for each ten times as many. */
export function edgeWidth(messages: number): number {
  return Math.min(MOST_WIDTH_PX, 0.8 + Math.log10(Math.max(1, messages)));
}

/** How far a point is from the line. */
export function distanceTo(line: EdgeLine, x: number, y: number): number {
  const [dx, dy] = [line.x1 - line.x0, line.y1 - line.y0];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((x - line.x0) * dx + (y - line.y0) * dy) / square;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - line.x0 - share * dx, y - line.y0 - share * dy);
}
