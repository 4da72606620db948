// Moving from frame to frame by the arrow keys: down to the widest callee, up to the caller, sideways in the row.

import type { FlameBox, FlameLayout } from "@elixirscope/timeline";

/** Null: the key moves nothing. `from` null: the first frame. */
export function nextFrame(layout: FlameLayout, from: number | null, key: string): number | null {
  if (!key.startsWith("Arrow")) return null;
  const box = layout.boxes.find(({ node }) => node === from);
  if (box === undefined) return layout.rows[0]?.[0]?.node ?? null;
  const row = layout.rows[box.depth] ?? [];
  const at = row.indexOf(box);
  if (key === "ArrowLeft") return row[at - 1]?.node ?? box.node;
  if (key === "ArrowRight") return row[at + 1]?.node ?? box.node;
  const other = layout.rows[box.depth + (key === "ArrowDown" ? 1 : -1)] ?? [];
  return overlapping(other, box)?.node ?? box.node;
}

/** The widest of those that share some of the width. */
function overlapping(row: readonly FlameBox[], box: FlameBox): FlameBox | null {
  let widest: FlameBox | null = null;
  for (const one of row) {
    const isBeside = one.x >= box.x + box.width || one.x + one.width <= box.x;
    if (!isBeside && (widest === null || one.width > widest.width)) widest = one;
  }
  return widest;
}
