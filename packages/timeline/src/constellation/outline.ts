// The outline around the nodes of a hull: the convex hull of their circles, a little wider for each hull
// that is inside.

import type { SystemHull } from "@elixirscope/wire";
import {
  radiusOnScreen,
  screenX,
  screenY,
  type Camera,
  type Constellation,
  type Screen,
  type Star,
} from "./star.ts";

export type Point = { readonly x: number; readonly y: number };

export type Outline = {
  readonly hull: SystemHull;
  /** how many hulls are around it */
  readonly depth: number;
  readonly points: readonly Point[];
  readonly alpha: number;
};

const PADDING_PX = 7;
const PADDING_PER_LEVEL_PX = 8;
const CORNERS = 10;
const MAX_DEPTH = 24;

/** The outermost first, as they are to be painted. */
export function outlines(
  { stars, hulls }: Constellation,
  camera: Camera,
  screen: Screen,
): readonly Outline[] {
  const byId = new Map(hulls.map((hull) => [hull.id, hull]));
  const members = new Map<string, Star[]>();
  const inner = new Map<string, number>();
  for (const star of stars) {
    let at = byId.get(star.node.hull);
    for (let level = 0; at !== undefined && level < MAX_DEPTH; level += 1) {
      const known = members.get(at.id) ?? [];
      members.set(at.id, known);
      known.push(star);
      inner.set(at.id, Math.max(inner.get(at.id) ?? 0, level));
      at = at.parent === null ? undefined : byId.get(at.parent);
    }
  }
  const depthOf = (hull: SystemHull): number => {
    let depth = 0;
    for (
      let at: SystemHull | undefined = hull;
      at?.parent != null && depth < MAX_DEPTH;
      depth += 1
    ) {
      at = byId.get(at.parent);
    }
    return depth;
  };
  return hulls
    .flatMap((hull): Outline[] => {
      const inside = members.get(hull.id) ?? [];
      if (inside.length === 0) return [];
      const padding = PADDING_PX + PADDING_PER_LEVEL_PX * (inner.get(hull.id) ?? 0);
      const corners = inside.flatMap((star) => cornersOf(star, camera, screen, padding));
      const alpha = inside.reduce((most, star) => Math.max(most, star.alpha), 0);
      return [{ hull, depth: depthOf(hull), points: convexHull(corners), alpha }];
    })
    .toSorted((a, b) => a.depth - b.depth);
}

function cornersOf(
  star: Star,
  camera: Camera,
  { widthPx, heightPx }: Screen,
  padding: number,
): Point[] {
  const radius = radiusOnScreen(star, camera) + padding;
  const x = screenX(camera, widthPx, star.x);
  const y = screenY(camera, heightPx, star.y);
  return Array.from({ length: CORNERS }, (_, i) => {
    const angle = (i / CORNERS) * 2 * Math.PI;
    return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
  });
}

/** Andrew's monotone chain, counterclockwise. */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const lower = chain(sorted);
  const upper = chain(sorted.toReversed());
  return [...lower.slice(0, -1), ...upper.slice(0, -1)];
}

function chain(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    for (;;) {
      const [a, b] = [kept.at(-2), kept.at(-1)];
      if (a === undefined || b === undefined || turn(a, b, point) > 0) break;
      kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

export function contains(points: readonly Point[], { x, y }: Point): boolean {
  let inside = false;
  for (const [i, a] of points.entries()) {
    const b = points.at(i - 1);
    if (b === undefined) continue;
    const crosses = a.y > y !== b.y > y;
    if (crosses && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}
