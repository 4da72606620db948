// A flame graph as an indented tree, widest first.

import type { Flame } from "@elixirscope/query";
import { columnsText, left, right } from "./columns.ts";
import { noteLines } from "./note-lines.ts";
import { percent, shortDuration } from "./short-duration.ts";
import { formatCount } from "./units.ts";

/** Deeper nodes are shown at this depth. */
const MOST_INDENT = 24;

export function flameText({ nodes, total, limits }: Flame, stream: NodeJS.WriteStream): string {
  const children = new Map<number | null, number[]>();
  for (const [i, { parent }] of nodes.entries()) {
    const siblings = children.get(parent) ?? [];
    children.set(parent, siblings);
    siblings.push(i);
  }
  const rows: string[][] = [];
  const pending = (children.get(null) ?? []).map((at) => ({ at, depth: 0 })).toReversed();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const node = nodes[next.at];
    if (node === undefined) continue;
    rows.push([
      percent(total === 0 ? 0 : node.total / total),
      shortDuration(node.total),
      shortDuration(node.self),
      node.calls === 0 ? "" : formatCount(node.calls),
      `${"  ".repeat(Math.min(next.depth, MOST_INDENT))}${node.name}`,
    ]);
    const { depth } = next;
    const below = children.get(next.at) ?? [];
    for (const at of below.toReversed()) pending.push({ at, depth: depth + 1 });
  }
  return [
    columnsText([...["share", "total", "self", "calls"].map(right), left("stack")], rows, stream),
    ...noteLines(limits, stream),
  ].join("\n");
}
