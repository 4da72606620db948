// Clauses that are chosen among others: each begins with the event that it was chosen, and with what.

import { list, type Term } from "@elixirscope/etf";
import type { SiteKind } from "@elixirscope/trace";
import {
  annoOf,
  itemsOf,
  kindOf,
  literalAtom,
  matchNode,
  part,
  replaced,
  variable,
  variableName,
} from "./forms.ts";
import { branchEvent, captureCall, fork, join, type Frame } from "./frame.ts";
import { bindPatterns, mentionedVariables } from "./variables.ts";

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
    const stack = kind === "catch_clause" ? stackSeen(clause, inner) : null;
    const begun = [...(stack?.first ?? []), ...(event === null ? [] : [event])];
    const statements = list([...begun, ...bodyOf(itemsOf(part(clause, 4)), inner)]);
    return replaced(clause, { 2: stack?.patterns ?? part(clause, 2), 4: statements });
  });
  join(frame, branches);
  return list(done);
}

/** Where a catch looks at its stack trace, entries of held calls are taken out of it first. */
function stackSeen(
  clause: Term,
  frame: Frame,
): { readonly patterns: Term; readonly first: readonly Term[] } | null {
  const [caught] = itemsOf(part(clause, 2));
  const parts = caught !== undefined && kindOf(caught) === "tuple" ? part(caught, 2) : null;
  const stack = parts === null ? undefined : itemsOf(parts)[2];
  const name = variableName(stack);
  if (caught === undefined || parts === null || stack === undefined || name === null) return null;
  if (!mentionedVariables(part(clause, 4)).has(name)) return null;
  const raw = variable(frame.fresh.next());
  const patterns = [...itemsOf(parts).slice(0, 2), raw];
  const plain = matchNode(stack, captureCall("stack", [raw]));
  return { patterns: list([replaced(caught, { 2: list(patterns) })]), first: [plain] };
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
