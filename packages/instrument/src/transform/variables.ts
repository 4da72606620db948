// Variables of patterns: which ones a pattern binds (a name that is bound already is a comparison, sizes
// in binaries and keys of maps are uses), and what they are called in the source.

import type { Term } from "@elixirscope/etf";
import { itemsOf, kindOf, part, partCount, variableName } from "./forms.ts";

/**
 * A variable as its author wrote it; null when a compiler made it. Elixir's `x` is `_x@1` in forms,
 * counted up at each rebinding; its own variables are `_@1` (before 1.19) or `_1`.
 */
export function sourceName(name: string, elixir: boolean): string | null {
  if (!elixir) return /^(rec\d|_\$scope)/.test(name) ? null : name;
  const written = /^_(.+)@\d+$/.exec(name)?.[1];
  // always there when one of the clauses of a `try` uses it
  return written === undefined || written === "__STACKTRACE__" ? null : written;
}

/** Names that occur as variables to be matched, in order, each once, without `_`. */
export function patternVariables(pattern: Term): string[] {
  const found = new Set<string>();
  collect(pattern, found);
  return [...found];
}

/** The variables that the patterns bind when those in `scope` are bound; they are added to it. */
export function bindPatterns(patterns: readonly Term[], scope: Set<string>): string[] {
  const names = new Set(patterns.flatMap(patternVariables));
  const bound = [...names].filter((name) => !scope.has(name));
  for (const name of bound) scope.add(name);
  return bound;
}

function collect(pattern: Term, found: Set<string>): void {
  if (pattern.kind === "list") {
    for (const item of pattern.items) collect(item, found);
    return;
  }
  const name = variableName(pattern);
  if (name !== null) {
    if (name !== "_") found.add(name);
    return;
  }
  for (const child of matchedParts(pattern)) collect(child, found);
}

/** The parts of a pattern that are patterns themselves. */
function matchedParts(pattern: Term): readonly Term[] {
  switch (kindOf(pattern)) {
    case "match":
    case "cons":
      return [part(pattern, 2), part(pattern, 3)];
    case "tuple":
    case "bin":
      return itemsOf(part(pattern, 2));
    case "bin_element":
      return [part(pattern, 2)];
    case "map":
      return itemsOf(part(pattern, partCount(pattern) - 1));
    case "map_field_exact":
      return [part(pattern, 3)];
    case "record":
      return itemsOf(part(pattern, 3));
    case "record_field":
      return partCount(pattern) === 4 ? [part(pattern, 3)] : [];
    case "op":
      return partCount(pattern) === 5 ? [part(pattern, 3), part(pattern, 4)] : [];
    default:
      return [];
  }
}

/** Every name that occurs as a variable, in patterns or not. */
export function mentionedVariables(term: Term, found: Set<string> = new Set()): Set<string> {
  const name = variableName(term);
  if (name !== null) found.add(name);
  else if (term.kind === "tuple" || term.kind === "list") {
    for (const item of term.items) mentionedVariables(item, found);
  }
  return found;
}

/** Names for variables that no source can have. One counter for a function: funs see its variables. */
export class FreshVariables {
  #count = 0;

  next(): string {
    this.#count += 1;
    return `_$scope@${String(this.#count)}`;
  }
}
