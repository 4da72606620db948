// What is under the pointer: a node, else an edge; the innermost hull; and who is next to a node.

import type { SystemEdge, SystemHull } from "@elixirscope/wire";
import { distanceTo, edgeLine, emptyLine } from "./edge-line.ts";
import { contains, outlines, type Point } from "./outline.ts";
import {
  radiusOnScreen,
  screenX,
  screenY,
  type Camera,
  type Constellation,
  type Screen,
  type Star,
} from "./star.ts";

export type ConstellationHit =
  | { readonly kind: "node"; readonly star: Star }
  | { readonly kind: "edge"; readonly edge: SystemEdge };

const NODE_SLACK_PX = 3;
const EDGE_SLACK_PX = 4;

export function hitConstellation(
  scene: Constellation,
  camera: Camera,
  screen: Screen,
  point: Point,
): ConstellationHit | null {
  const star = nearestStar(scene, camera, screen, point);
  if (star !== null) return { kind: "node", star };
  const edge = nearestEdge(scene, camera, screen, point);
  return edge === null ? null : { kind: "edge", edge };
}

/** The innermost hull around a point. */
export function hitHull(
  scene: Constellation,
  camera: Camera,
  screen: Screen,
  point: Point,
): SystemHull | null {
  const around = outlines(scene, camera, screen);
  return around.findLast(({ points }) => contains(points, point))?.hull ?? null;
}

function nearestStar(
  { stars }: Constellation,
  camera: Camera,
  { widthPx, heightPx }: Screen,
  { x, y }: Point,
): Star | null {
  let best: Star | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const star of stars) {
    if (star.alpha < 0.3) continue;
    const distance = Math.hypot(
      screenX(camera, widthPx, star.x) - x,
      screenY(camera, heightPx, star.y) - y,
    );
    const beyond = distance - radiusOnScreen(star, camera);
    if (beyond <= NODE_SLACK_PX && distance < least) {
      best = star;
      least = distance;
    }
  }
  return best;
}

function nearestEdge(
  scene: Constellation,
  camera: Camera,
  screen: Screen,
  { x, y }: Point,
): SystemEdge | null {
  const line = emptyLine();
  let best: SystemEdge | null = null;
  let least = EDGE_SLACK_PX;
  for (const edge of scene.edges) {
    if (!edgeLine(edge, scene, camera, screen, line)) continue;
    const distance = distanceTo(line, x, y) - line.widthPx / 2;
    if (distance < least) {
      best = edge;
      least = distance;
    }
  }
  return best;
}

export type Heading = "left" | "right" | "up" | "down";

const AHEAD: Readonly<Record<Heading, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/** The next star in a direction: near, and not too far to the side. */
export function neighbour(stars: readonly Star[], from: Star, heading: Heading): Star | null {
  const [ahead, aside] = AHEAD[heading];
  let best: Star | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const star of stars) {
    if (star === from || star.alpha < 0.3) continue;
    const [dx, dy] = [star.x - from.x, star.y - from.y];
    const along = dx * ahead + dy * aside;
    const across = Math.abs(dx * aside) + Math.abs(dy * ahead);
    if (along <= 0 || across > 2 * along) continue;
    const distance = along + 2 * across;
    if (distance < least) {
      best = star;
      least = distance;
    }
  }
  return best;
}
