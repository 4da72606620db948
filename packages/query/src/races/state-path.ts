// A part of a server's state that can be written for itself: the place of a change, as the keys and
// elements that lead there. Inside a list places move, so that a list counts as a whole.

import { equal, termKey, type Term } from "@elixirscope/etf";
import type { Change, Step } from "../diff.ts";
import { printTerm, type TermStyle } from "../print.ts";

export type PathStep = Exclude<Step, { readonly kind: "item" }>;
export type StatePath = readonly PathStep[];

/** The path up to the first list. */
export function pathOf({ path }: Change): StatePath {
  const steps: PathStep[] = [];
  for (const step of path) {
    if (step.kind === "item") break;
    steps.push(step);
  }
  return steps;
}

export function stepKey(step: PathStep): string {
  return step.kind === "element" ? `e${step.index}` : `${step.kind}${termKey(step.key)}`;
}

/** Equal for the same place. */
export function pathKey(path: StatePath): string {
  return JSON.stringify(path.map(stepKey));
}

export function valueAtPath(state: Term, path: StatePath): Term | null {
  let at: Term = state;
  for (const step of path) {
    const inner = inside(at, step);
    if (inner === null) return null;
    at = inner;
  }
  return at;
}

function inside(term: Term, step: PathStep): Term | null {
  if (step.kind === "element") {
    return term.kind === "tuple" ? (term.items[step.index] ?? null) : null;
  }
  if (step.kind === "key") {
    const entry = term.kind === "map" ? term.entries.find(([key]) => equal(key, step.key)) : null;
    return entry?.[1] ?? null;
  }
  if (term.kind !== "list") return null;
  for (const item of term.items) {
    const [key, value] = item.kind === "tuple" ? item.items : [];
    if (key !== undefined && value !== undefined && equal(key, step.key)) return value;
  }
  return null;
}

/** As Elixir reaches it: `["apple"].count`. */
export function pathText(path: StatePath, style: TermStyle): string {
  if (path.length === 0) return "the whole state";
  const steps = path.map((step) => {
    if (step.kind === "element") return `{${step.index}}`;
    const text = printTerm(step.key, "line", style);
    return step.key.kind === "atom" && text.startsWith(":") ? `.${text.slice(1)}` : `[${text}]`;
  });
  return `state${steps.join("")}`;
}
