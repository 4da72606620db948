// Where two quoted terms differ, in words for a person: the innermost `{name, meta, args}` around it.

import { equal, inspect, type Term } from "@elixirscope/etf";

/** Null for equal terms. */
export function difference(ours: Term, theirs: Term): string | null {
  if (equal(ours, theirs)) return null;
  let [left, right] = [ours, theirs];
  let around: readonly [Term, Term] = [left, right];
  for (;;) {
    const [ourParts, theirParts] = [parts(left), parts(right)];
    const at = ourParts.findIndex((part, i) => !sameTerm(part, theirParts[i]));
    const [ourPart, theirPart] = [ourParts[at], theirParts[at]];
    const isLast = ourPart === undefined || theirPart === undefined;
    if (isLast || ourParts.length !== theirParts.length || left.kind !== right.kind) break;
    if (left.kind === "tuple" && ourParts.length === 3) around = [left, right];
    [left, right] = [ourPart, theirPart];
  }
  return `ours ${short(around[0])} theirs ${short(around[1])}`;
}

function sameTerm(ours: Term, theirs: Term | undefined): boolean {
  return theirs !== undefined && equal(ours, theirs);
}

function parts(term: Term): readonly Term[] {
  return term.kind === "tuple" || term.kind === "list" ? term.items : [];
}

function short(term: Term): string {
  return inspect(term).replaceAll(/\s+/g, " ").slice(0, 300);
}
