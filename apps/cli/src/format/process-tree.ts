// Processes in the order of a tree, each below the one that started it. Whose parent is not among them is a
// root.

import type { ProcessAtView } from "@elixirscope/query";

export type TreeRow = { readonly process: ProcessAtView; readonly depth: number };

export function processTree(processes: readonly ProcessAtView[]): readonly TreeRow[] {
  const known = new Set(processes.map(({ pid }) => pid));
  const children = new Map<string | null, ProcessAtView[]>();
  for (const process of processes) {
    const { pid, parent } = process;
    const above = parent !== null && parent !== pid && known.has(parent) ? parent : null;
    const siblings = children.get(above);
    if (siblings === undefined) children.set(above, [process]);
    else siblings.push(process);
  }
  const rows: TreeRow[] = [];
  const pending = (children.get(null) ?? []).map((process) => ({ process, depth: 0 })).toReversed();
  for (let row = pending.pop(); row !== undefined; row = pending.pop()) {
    rows.push(row);
    const depth = row.depth + 1;
    const below = children.get(row.process.pid) ?? [];
    pending.push(...below.map((process) => ({ process, depth })).toReversed());
  }
  return rows;
}
