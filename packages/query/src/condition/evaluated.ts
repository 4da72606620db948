// What an expression over recorded values comes to: a term, or nothing that can be known (part of it was
// cut or not recorded), or an exception as Elixir would raise it.

import { atom, boolean, type AtomTerm, type Term } from "@elixirscope/etf";

export type Unknown = { readonly kind: "unknown" };
export type Raised = { readonly kind: "raised"; readonly message: string };
export type Evaluated = Term | Unknown | Raised;

export const UNKNOWN: Unknown = { kind: "unknown" };
export const TRUE: AtomTerm = boolean(true);
export const FALSE: AtomTerm = boolean(false);
export const NIL: AtomTerm = atom("nil");

export function raised(message: string): Raised {
  return { kind: "raised", message };
}

export function isTerm(value: Evaluated): value is Term {
  return value.kind !== "unknown" && value.kind !== "raised";
}

/** A verdict that may be open as a value. */
export function verdict(value: boolean | null): Evaluated {
  return value === null ? UNKNOWN : value ? TRUE : FALSE;
}

/** Everything but `false` and `nil`. */
export function isTruthy(term: Term): boolean {
  return term.kind !== "atom" || (term.name !== "false" && term.name !== "nil");
}

export function isBoolean(term: Term): term is AtomTerm {
  return term.kind === "atom" && (term.name === "true" || term.name === "false");
}

/** `f` of values that are all there; an exception comes before what is unknown, as it is met first. */
export function strict(
  values: readonly Evaluated[],
  f: (terms: readonly Term[]) => Evaluated,
): Evaluated {
  const terms: Term[] = [];
  let isUnknown = false;
  for (const value of values) {
    if (value.kind === "raised") return value;
    if (value.kind === "unknown") isUnknown = true;
    else terms.push(value);
  }
  return isUnknown ? UNKNOWN : f(terms);
}
