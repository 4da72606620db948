// Where the frames of a flame graph stand: the bottom of the stack on top, callees below, wider ones first;
// then what a frame did itself, running before waiting. Frames above the one that is zoomed into have the
// whole width, since of each only the part that leads there is shown.

import type { FlameNode } from "@elixirscope/wire";
import { countText } from "../count-text.ts";

export const FLAME_ROW_PX = 19;
/** What is narrower cannot be told from its neighbour. */
const LEAST_PX = 0.2;

export type FlameBox = {
  readonly node: number;
  readonly depth: number;
  readonly x: number;
  readonly width: number;
  /** px at the right end in which the frame itself ran, and after that waited */
  readonly selfPx: number;
  readonly waitingPx: number;
  /** it only leads to what is zoomed into */
  readonly leads: boolean;
};

export type FlameLayout = {
  readonly boxes: readonly FlameBox[];
  /** by depth: the boxes of a row from left to right, for the pointer */
  readonly rows: readonly (readonly FlameBox[])[];
  readonly widthPx: number;
};

/** `zoom`: the node that has the whole width; null: all of them. */
export function layoutFlame(
  nodes: readonly FlameNode[],
  widthPx: number,
  zoom: number | null,
): FlameLayout {
  const children = childrenOf(nodes);
  const boxes: FlameBox[] = [];
  const way = wayTo(nodes, zoom);
  for (const [depth, node] of way.slice(0, -1).entries()) {
    boxes.push({ node, depth, x: 0, width: widthPx, selfPx: 0, waitingPx: 0, leads: true });
  }
  const roots = zoom === null ? (children.get(null) ?? []) : [zoom];
  const total = roots.reduce((sum, i) => sum + (nodes[i]?.total ?? 0), 0);
  const perNs = total === 0 ? 0 : widthPx / total;
  const pending = placed(nodes, roots, 0, Math.max(0, way.length - 1), perNs);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    boxes.push(at);
    for (const child of placed(nodes, children.get(at.node) ?? [], at.x, at.depth + 1, perNs)) {
      pending.push(child);
    }
  }
  return { boxes, rows: rowsOf(boxes), widthPx };
}

/** Side by side from `x` on. */
function placed(
  nodes: readonly FlameNode[],
  indexes: readonly number[],
  x: number,
  depth: number,
  perNs: number,
): FlameBox[] {
  const boxes: FlameBox[] = [];
  let left = x;
  for (const node of indexes) {
    const { total = 0, self = 0, waiting = 0 } = nodes[node] ?? {};
    const width = total * perNs;
    if (width >= LEAST_PX) {
      boxes.push({
        node,
        depth,
        x: left,
        width,
        selfPx: Math.max(0, self - waiting) * perNs,
        waitingPx: waiting * perNs,
        leads: false,
      });
    }
    left += width;
  }
  return boxes;
}

function childrenOf(nodes: readonly FlameNode[]): ReadonlyMap<number | null, readonly number[]> {
  const children = new Map<number | null, number[]>();
  for (const [i, { parent }] of nodes.entries()) {
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [i]);
    else known.push(i);
  }
  return children;
}

/** From the bottom to `node`, which is the last. */
export function wayTo(nodes: readonly FlameNode[], node: number | null): readonly number[] {
  const way: number[] = [];
  for (let at = node; at !== null && way.length < nodes.length; at = nodes[at]?.parent ?? null) {
    way.push(at);
  }
  return way.toReversed();
}

function rowsOf(boxes: readonly FlameBox[]): readonly (readonly FlameBox[])[] {
  const rows: FlameBox[][] = [];
  for (const box of boxes) (rows[box.depth] ??= []).push(box);
  return rows.map((row) => row.toSorted((a, b) => a.x - b.x));
}

/** What is under the pointer, `scrollPx` down. */
export function hitFlame(
  { rows }: FlameLayout,
  { x, y }: { readonly x: number; readonly y: number },
): FlameBox | null {
  const row = rows[Math.floor(y / FLAME_ROW_PX)];
  if (row === undefined) return null;
  let [low, high] = [0, row.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((row[middle]?.x ?? 0) <= x) low = middle;
    else high = middle - 1;
  }
  // a box of less than a pixel is drawn as one
  const box = row[low];
  return box !== undefined && x >= box.x && x < box.x + Math.max(1, box.width) ? box : null;
}

/** What a box is called; `other` stands for many. */
export function frameText({ name, function: fun, frames }: FlameNode): string {
  if (fun !== null || frames === 0) return name;
  return `${countText(frames)} smaller ${frames === 1 ? "frame" : "frames"}`;
}
