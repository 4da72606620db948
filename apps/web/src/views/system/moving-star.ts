// How a node comes to its place, appears and goes, from one drawing to the next.

import type { Star } from "@elixirscope/timeline";
import type { SystemNode } from "@elixirscope/wire";

/** How fast things come to where they belong, per second. */
const SPEED = 9;
const FADE_SPEED = 5;
const BIRTH_SECONDS = 1.4;
const SETTLED_PX = 0.2;

export type Moving = Star & {
  node: SystemNode;
  /** where the layout wants it; null: it has no place yet */
  targetX: number | null;
  targetY: number;
  targetRadius: number;
  isHere: boolean;
};

export function appearing(node: SystemNode, radius: number, isFirst: boolean): Moving {
  return {
    node,
    x: 0,
    y: 0,
    radius,
    alpha: 0,
    // at first everything is new, which is no news
    birth: !isFirst && node.spawned > 0 && node.count === 1 ? 1 : 0,
    targetX: null,
    targetY: 0,
    targetRadius: radius,
    isHere: true,
  };
}

/** Answers whether it still moves. Without motion everything is at once where it belongs. */
export function advance(star: Moving, seconds: number, isCalm: boolean): boolean {
  const nearer = isCalm ? 1 : 1 - Math.exp(-SPEED * seconds);
  const fade = isCalm ? 1 : 1 - Math.exp(-FADE_SPEED * seconds);
  const isPlaced = star.targetX !== null;
  const alpha = star.isHere && isPlaced ? 1 : 0;
  const dx = (star.targetX ?? star.x) - star.x;
  const dy = isPlaced ? star.targetY - star.y : 0;
  const dr = star.targetRadius - star.radius;
  const da = alpha - star.alpha;
  star.x += dx * nearer;
  star.y += dy * nearer;
  star.radius += dr * nearer;
  star.alpha = Math.abs(da) < 0.02 ? alpha : star.alpha + da * fade;
  if (isPlaced) star.birth = isCalm ? 0 : Math.max(0, star.birth - seconds / BIRTH_SECONDS);
  const moved = Math.abs(dx) + Math.abs(dy) + Math.abs(dr);
  return isPlaced && (moved > SETTLED_PX || da !== 0 || star.birth > 0);
}
