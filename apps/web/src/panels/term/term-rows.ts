// A term of which some branches are open, as rows. A branch knows how many rows are below it, so that any row
// is found along the open branches alone: a list of 100,000 items costs as much as one of ten.

import type { TermChild, TermNode } from "@elixirscope/wire";

export type Branch = {
  readonly at: readonly number[];
  readonly path: string;
  readonly key: string | null;
  readonly node: TermNode;
  readonly parent: Branch | null;
  /** children that were cut at capture: one row says so */
  cut: number;
  /** below its own row */
  rows: number;
  /** those that have arrived */
  readonly children: Map<number, TermChild>;
  /** in the order of their positions */
  readonly open: Branch[];
};

export type Row =
  | { readonly kind: "branch"; readonly branch: Branch; readonly depth: number }
  | {
      readonly kind: "child";
      readonly parent: Branch;
      readonly index: number;
      /** null: it has not arrived */
      readonly child: TermChild | null;
      readonly depth: number;
    }
  | { readonly kind: "cut"; readonly parent: Branch; readonly depth: number };

export function newBranch(
  place: Pick<Branch, "at" | "path" | "key" | "parent">,
  node: TermNode,
  cut: number,
): Branch {
  const rows = node.size + (cut > 0 ? 1 : 0);
  return { ...place, node, cut, rows, children: new Map(), open: [] };
}

/** Puts an open branch below its parent. */
export function attach(branch: Branch): void {
  const { parent } = branch;
  if (parent === null) return;
  const index = indexOf(branch);
  const place = parent.open.findIndex((other) => indexOf(other) >= index);
  if (place === -1) parent.open.push(branch);
  else parent.open.splice(place, parent.open[place]?.at.at(-1) === index ? 1 : 0, branch);
  grow(parent, branch.rows);
}

export function detach(branch: Branch): void {
  const { parent } = branch;
  const place = parent?.open.indexOf(branch) ?? -1;
  if (parent === null || place === -1) return;
  parent.open.splice(place, 1);
  grow(parent, -branch.rows);
}

function grow(from: Branch, by: number): void {
  for (let branch: Branch | null = from; branch !== null; branch = branch.parent) branch.rows += by;
}

export function openChild(parent: Branch, index: number): Branch | undefined {
  return parent.open.find((branch) => indexOf(branch) === index);
}

/** The root is row 0; null below the last one. */
export function rowAt(root: Branch, row: number): Row | null {
  if (row < 0 || row > root.rows) return null;
  if (row === 0) return { kind: "branch", branch: root, depth: 0 };
  let branch = root;
  let rest = row - 1;
  for (let depth = 1; ; depth += 1) {
    const inner = innerAt(branch, rest);
    if (inner.branch === null) return leafRow(branch, inner.rest, depth);
    if (inner.rest === 0) return { kind: "branch", branch: inner.branch, depth };
    branch = inner.branch;
    rest = inner.rest - 1;
  }
}

/** The open branch that a row below `branch` belongs to, and the row counted from there. */
function innerAt(
  branch: Branch,
  row: number,
): { readonly branch: Branch | null; readonly rest: number } {
  let before = 0;
  for (const inner of branch.open) {
    const first = indexOf(inner) + before;
    if (row < first) break;
    if (row <= first + inner.rows) return { branch: inner, rest: row - first };
    before += inner.rows;
  }
  return { branch: null, rest: row - before };
}

function leafRow(parent: Branch, index: number, depth: number): Row {
  if (index >= parent.node.size) return { kind: "cut", parent, depth };
  return { kind: "child", parent, index, child: parent.children.get(index) ?? null, depth };
}

/** The row of a part, as far down as its way is open. */
export function rowOf(root: Branch, at: readonly number[]): number {
  let row = 0;
  let branch = root;
  for (const index of at) {
    row += index + 1;
    let next: Branch | undefined;
    for (const inner of branch.open) {
      if (indexOf(inner) < index) row += inner.rows;
      if (indexOf(inner) === index) next = inner;
    }
    if (next === undefined) return row;
    branch = next;
  }
  return row;
}

export function positionOf(row: Row): readonly number[] {
  if (row.kind === "branch") return row.branch.at;
  return row.kind === "child" ? [...row.parent.at, row.index] : row.parent.at;
}

function indexOf({ at }: Branch): number {
  return at.at(-1) ?? 0;
}
