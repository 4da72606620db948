// Where a variable can be named: Elixir's scopes, read from the source.
//
// What a clause (`->`), a `do` or `else` block, a `for` or a `with` binds ends with it; then the variable
// of the same name around it is the one that counts again.

import {
  isCall,
  nodeIds,
  parse,
  walk,
  type CallNode,
  type Node,
  type NodeIds,
} from "@elixirscope/syntax";

export type SitePlace = {
  readonly line: number;
  readonly column: number | null;
  readonly nodeId: string | null;
};

type Range = { readonly start: number; readonly end: number };

/** Their blocks are frames or modules of their own, or leave what they bind to what is around. */
const TRANSPARENT = new Set(["def", "defp", "defmacro", "defmacrop", "defmodule", "defimpl"]);
const WITH_OWN_SCOPE = new Set(["for", "with"]);

export class Scopes {
  readonly #ids: NodeIds;
  readonly #ranges: readonly Range[];
  readonly #lineStarts: Int32Array;

  constructor(text: string) {
    const { tree, source } = parse(text);
    this.#ids = nodeIds(tree);
    this.#ranges = rangesOf(tree);
    this.#lineStarts = source.lineStarts;
  }

  /** Whether what was bound at `bound` can be named at `at`; null: the places are not known well enough. */
  isVisible(bound: SitePlace, at: SitePlace): boolean | null {
    const from = this.#offset(bound);
    const to = this.#offset(at);
    if (from === null || to === null) return null;
    let scope: Range | null = null;
    for (const range of this.#ranges) {
      if (!contains(range, from)) continue;
      if (scope === null || range.end - range.start < scope.end - scope.start) scope = range;
    }
    return scope === null || contains(scope, to);
  }

  #offset({ line, column, nodeId }: SitePlace): number | null {
    const node = nodeId === null ? null : this.#ids.nodeOf(nodeId);
    if (node !== null) return node.start;
    const start = this.#lineStarts[line - 1];
    return column === null || start === undefined ? null : start + column - 1;
  }
}

function contains({ start, end }: Range, offset: number): boolean {
  return offset >= start && offset < end;
}

function rangesOf(tree: Node): readonly Range[] {
  const ranges: Range[] = [];
  walk(tree, (node) => {
    if (node.kind !== "call") return;
    if (isCall(node, "->")) ranges.push(node);
    if (typeof node.callee !== "string") return;
    if (WITH_OWN_SCOPE.has(node.callee)) ranges.push(node);
    if (!TRANSPARENT.has(node.callee)) ranges.push(...blocksOf(node));
  });
  return ranges;
}

/** The expressions of `do`, `else` and the like, without their keywords. */
function blocksOf({ args }: CallNode): readonly Range[] {
  const last = args.at(-1);
  if (last?.kind !== "list") return [];
  const entries = last.items.flatMap((item) =>
    item.kind === "pair" && item.left.kind === "atom"
      ? [{ key: item.left.name, body: item.right }]
      : [],
  );
  if (!entries.some(({ key }) => key === "do")) return [];
  return entries.map(({ body }) => body);
}
