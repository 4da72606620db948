// A structural difference as the page lists it: Elixir-like paths and both sides printed.

import { assertNever } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { DiffEntry } from "@elixirscope/wire";
import { isCutTuple } from "./cut.ts";
import type { Change, Step } from "./diff.ts";
import { printTerm, type TermStyle } from "./print.ts";
import { termText } from "./term-text.ts";

export function diffEntry(change: Change, style: TermStyle = {}): DiffEntry {
  const { path, before, after } = change;
  const kind = before === null ? "added" : after === null ? "removed" : "changed";
  return {
    path: path.map((step) => stepText(step, style)).join(""),
    kind,
    before: before === null ? null : sideText(before, style),
    after: after === null ? null : sideText(after, style),
  };
}

/** `.name` for an atom key of a map, `[key]` for any other, `[:key]` of a keyword list, `{1}` of a tuple. */
export function stepText(step: Step, style: TermStyle): string {
  switch (step.kind) {
    case "key":
      return isFieldName(step.key) ? `.${step.key.name}` : `[${keyText(step.key, style)}]`;
    case "keyword":
      return `[${keyText(step.key, style)}]`;
    case "element":
      return `{${step.index}}`;
    case "item":
      // an item that is gone has only its old place
      return `[${step.after ?? step.before ?? 0}]`;
    default:
      return assertNever(step);
  }
}

function isFieldName(key: Term): key is Extract<Term, { kind: "atom" }> {
  return key.kind === "atom" && /^[\p{Ll}_][\p{L}\p{N}_]*[?!]?$/u.test(key.name);
}

function keyText(key: Term, style: TermStyle): string {
  return termText(key, { limit: 10, printableLimit: 80, ...style });
}

function sideText(term: Term, style: TermStyle): string {
  return isCutTuple(term) ? cutText(term) : printTerm(term, "line", style);
}

/** `{cut, list, 97}` stands for items that were not recorded. */
function cutText(term: Term): string {
  const [, what, size] = term.kind === "tuple" ? term.items : [];
  if (what?.kind !== "atom" || what.name !== "list" || size?.kind !== "integer") return "...";
  return Number(size.value) < 0 ? "more, not recorded" : `${String(size.value)} more, not recorded`;
}
