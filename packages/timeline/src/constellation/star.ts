// What is drawn: nodes with a place and a size, hulls around them, edges between them. Places are of the
// layout's own world; a camera puts them on the screen.

import type { SystemEdge, SystemHull, SystemNode } from "@elixirscope/wire";

/** A node at its place. The page moves `x`, `y` and `alpha`; everything else is of one answer. */
export type Star = {
  readonly node: SystemNode;
  x: number;
  y: number;
  radius: number;
  /** 0: not there yet, or gone */
  alpha: number;
  /** 1 right after its spawn, then down to 0 */
  birth: number;
};

export type Camera = { readonly x: number; readonly y: number; readonly scale: number };

export type Constellation = {
  readonly stars: readonly Star[];
  readonly byId: ReadonlyMap<string, Star>;
  readonly hulls: readonly SystemHull[];
  readonly edges: readonly SystemEdge[];
};

export const SIZES = ["messages", "mailbox", "reductions"] as const;
export type SizeBy = (typeof SIZES)[number];

const LEAST_RADIUS = 4;
const MOST_RADIUS = 22;

/** The area grows with the number, compared with the largest one on show. */
export function radiusOf(node: SystemNode, by: SizeBy, most: number): number {
  const value = sizeValue(node, by) ?? 0;
  const share = most <= 0 ? 0 : Math.sqrt(Math.min(1, value / most));
  const own = LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * share;
  // a family must be wide enough for its count
  return node.count > 1 ? Math.max(own, 11) : own;
}

/** Null: not recorded. */
export function sizeValue(node: SystemNode, by: SizeBy): number | null {
  if (by === "mailbox") return node.mailbox;
  return by === "messages" ? node.received + node.sent : node.reductions;
}

/** Screen pixels of a place of the world; the camera looks at the middle of the screen. */
export function screenX(camera: Camera, widthPx: number, x: number): number {
  return (x - camera.x) * camera.scale + widthPx / 2;
}

export function screenY(camera: Camera, heightPx: number, y: number): number {
  return (y - camera.y) * camera.scale + heightPx / 2;
}

/** On screen sizes grow slower than distances, so that zooming in makes room for names. */
export function radiusOnScreen(star: Star, { scale }: Camera): number {
  return Math.max(2, star.radius * Math.min(2, Math.max(0.35, scale ** 0.7)));
}

export type Screen = { readonly widthPx: number; readonly heightPx: number };

const LEAST_SCALE = 0.05;
const MOST_SCALE = 6;

/** The same camera nearer or farther; the place at screen point `x`, `y` stays there. */
export function zoomed(
  camera: Camera,
  screen: Screen,
  point: { readonly x: number; readonly y: number },
  factor: number,
): Camera {
  const scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, camera.scale * factor));
  const dx = point.x - screen.widthPx / 2;
  const dy = point.y - screen.heightPx / 2;
  return {
    scale,
    x: camera.x + dx / camera.scale - dx / scale,
    y: camera.y + dy / camera.scale - dy / scale,
  };
}

/** All of the stars with room for their names and hulls around them. */
export function cameraFor(stars: readonly Star[], screen: Screen, most = 1.6): Camera {
  if (stars.length === 0) return { x: 0, y: 0, scale: 1 };
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y, radius } of stars) {
    left = Math.min(left, x - radius);
    right = Math.max(right, x + radius);
    top = Math.min(top, y - radius);
    bottom = Math.max(bottom, y + radius);
  }
  const roomX = Math.max(80, screen.widthPx - 110);
  const roomY = Math.max(60, screen.heightPx - 116);
  const scale = Math.min(
    most,
    roomX / Math.max(1, right - left),
    roomY / Math.max(1, bottom - top),
  );
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    scale: Math.max(LEAST_SCALE, scale),
  };
}
