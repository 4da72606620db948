// Parts of a term by their positions, and the steps that lead to them. What opens below a part is kept as
// long as the part itself: a map's keys are sorted once, however many pages of them are asked for.

import type { Term } from "@elixirscope/etf";
import type { Step } from "../diff.ts";
import { childrenOf, type Child, type Children } from "../term-children.ts";
import { stepText } from "../diff-view.ts";
import type { TermStyle } from "../print.ts";

const opened = new WeakMap<Term, Children | { readonly children: readonly []; readonly cut: 0 }>();
const LEAF = { children: [], cut: 0 } as const;

export function partsOf(term: Term): Children {
  const known = opened.get(term);
  if (known !== undefined) return known;
  const made = childrenOf(term) ?? LEAF;
  opened.set(term, made);
  return made;
}

export type Part = { readonly term: Term; readonly steps: readonly Step[] };

/** Undefined where the term has no such part. */
export function partAt(whole: Term, at: readonly number[]): Part | undefined {
  let term = whole;
  const steps: Step[] = [];
  for (const index of at) {
    const child = partsOf(term).children[index];
    if (child === undefined) return undefined;
    steps.push(stepTo(term, child, index));
    term = child.value;
  }
  return { term, steps };
}

export function stepTo(parent: Term, child: Child, index: number): Step {
  if (child.key === null || child.key === "|") {
    return parent.kind === "tuple"
      ? { kind: "element", index }
      : { kind: "item", before: index, after: index };
  }
  return { kind: parent.kind === "list" ? "keyword" : "key", key: child.key };
}

export function pathText(steps: readonly Step[], style: TermStyle): string {
  return steps.map((step) => stepText(step, style)).join("");
}
