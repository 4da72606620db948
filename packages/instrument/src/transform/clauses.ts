// Clauses that are chosen among others: each begins with the event that it was chosen, and with what.

import { list, type Term } from "@elixirscope/etf";
import type { SiteKind } from "@elixirscope/trace";
import { annoOf, itemsOf, kindOf, literalAtom, part, replaced, variableName } from "./forms.ts";
import { branchEvent, fork, join, type Frame } from "./frame.ts";
import { bindPatterns } from "./variables.ts";

export type BodyOf = (statements: readonly Term[], frame: Frame) => Term[];

/** `kind` null: no event, for nobody wrote these clauses. */
export function branchClauses(
  clauses: readonly Term[],
  frame: Frame,
  kind: SiteKind | null,
  bodyOf: BodyOf,
): Term {
  const branches: Frame[] = [];
  const done = clauses.map((clause, index) => {
    const inner = fork(frame);
    branches.push(inner);
    const bound = bindPatterns(itemsOf(part(clause, 2)), inner.scope);
    const actual = kind === "catch_clause" && isRescue(clause) ? "rescue_clause" : kind;
    const event = actual === null ? null : branchEvent(inner, annoOf(clause), actual, index, bound);
    const statements = bodyOf(itemsOf(part(clause, 4)), inner);
    return replaced(clause, { 4: list(event === null ? statements : [event, ...statements]) });
  });
  join(frame, branches);
  return list(done);
}

/** Elixir's `rescue` takes any error into a variable of its own. */
function isRescue(clause: Term): boolean {
  const [pattern] = itemsOf(part(clause, 2));
  if (pattern === undefined || kindOf(pattern) !== "tuple") return false;
  const [kind, reason] = itemsOf(part(pattern, 2));
  if (kind === undefined || literalAtom(kind) !== "error") return false;
  return /^_(@?\d+)?$/.test(variableName(reason) ?? "");
}

/** Whether Elixir made this `case` for `map.field` or for `#{…}` in a string: no branch to be seen. */
export function isCompilerMade(form: Term): boolean {
  const [first, second] = itemsOf(part(form, 3));
  if (first === undefined || second === undefined) return false;
  const name = variableName(itemsOf(part(first, 4)).at(0));
  if (name === null || !/^_@?\d+$/.test(name)) return false;
  const [pattern] = itemsOf(part(first, 2));
  if (pattern === undefined) return false;
  if (kindOf(pattern) === "map") return itemsOf(part(pattern, 2)).length === 1;
  return variableName(pattern) === name && convertsToString(itemsOf(part(second, 4)).at(0));
}

function convertsToString(form: Term | undefined): boolean {
  if (form === undefined || kindOf(form) !== "call") return false;
  const callee = part(form, 2);
  return kindOf(callee) === "remote" && literalAtom(part(callee, 2)) === "Elixir.String.Chars";
}
