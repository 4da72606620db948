// Where in a value a token is, before it went through a flow of the data-flow graph.
//
// Paths are selectors as the graph writes them, outermost first. Through an operation nobody can tell:
// then the token may be anywhere.

import type { FlowKind } from "@elixirscope/codegraph";

/** A path that nobody can tell. */
export const ANYWHERE = "?";

/** kinds that leave a value as it is */
const SAME: ReadonlySet<FlowKind> = new Set<FlowKind>([
  "copy",
  "phi",
  "return",
  "capture",
  "message",
  "call_argument",
  "call_return",
]);

const MAX_LENGTH = 12;

/** Where a token that is at `at` of what the flow made was in what it was made of; null: it was not. */
export function before(kind: FlowKind, path: string | null, at: string): string | null {
  if (at === ANYWHERE) return ANYWHERE;
  if (SAME.has(kind)) return path === null ? at : ANYWHERE;
  if (path === null) return ANYWHERE;
  if (kind === "component") return inside(selectors(path), selectors(at));
  if (kind === "construct") return stripped(selectors(path), selectors(at));
  return ANYWHERE;
}

/** Is a token that is at one of the `places` of a value at `at`, as far as can be told? */
export function isAt(places: ReadonlySet<string>, at: string): boolean {
  if (at === ANYWHERE || places.has(at) || places.has(ANYWHERE)) return true;
  // a keyword list is selected by its keys
  return at.includes(".") && [...places].some((place) => keyed(place, at));
}

function keyed(place: string, at: string): boolean {
  const [one, other] = [selectors(place), selectors(at)];
  return (
    one.length >= other.length && other.some((key) => key.startsWith(".")) && place.includes("]{1}")
  );
}

/** A part of a value at `path`, of which the token is at `at`. */
function inside(path: readonly string[], at: readonly string[]): string {
  if (path.some(isUnclear) || path.length + at.length > MAX_LENGTH) return ANYWHERE;
  const joined: string[] = [];
  for (const selector of [...path, ...at]) {
    // an element of a tail is an element of the list
    const from = tailStart(joined.at(-1) ?? "");
    const shifted = from === null ? selector : moved(selector, from);
    if (shifted === null) return ANYWHERE;
    if (from !== null) joined.pop();
    joined.push(shifted);
  }
  return joined.join("");
}

/** The token is at `at` of a value into which something was put at `path`. */
function stripped(path: readonly string[], at: readonly string[]): string | null {
  let rest = at;
  for (const selector of path) {
    const [first, second, ...others] = rest;
    if (selector === "…" || selector.startsWith("<<")) return ANYWHERE;
    if (first === undefined) return null;
    if (first.startsWith("~")) return ANYWHERE;
    const from = tailStart(selector);
    if (from !== null && first !== selector) {
      const shifted = moved(first, -from);
      if (shifted === null) return null;
      rest = [shifted, ...rest.slice(1)];
    } else if (selector === "[*]" || selector === "[_]") {
      // a longer number is a token that is a map's key
      if (!/^\[\d{1,3}\]$/.test(first)) return ANYWHERE;
      rest = rest.slice(1);
    } else if (selector.startsWith(".") && first.startsWith("[") && second === "{1}") {
      rest = others;
    } else if (first === selector) rest = rest.slice(1);
    else return null;
  }
  return rest.join("");
}

function isUnclear(selector: string): boolean {
  return selector === "…" || selector === "[*]" || selector === "[_]" || selector.startsWith("<<");
}

/** 1 of `[1..]` */
function tailStart(selector: string): number | null {
  const found = /^\[(\d+)\.\.\]$/.exec(selector)?.[1];
  return found === undefined ? null : Number(found);
}

/** `[0]` or `[0..]` of a list as part of a longer or shorter one; null when it is not in it. */
function moved(selector: string, by: number): string | null {
  const [, digits, tail] = /^\[(\d+)(\.\.)?\]$/.exec(selector) ?? [];
  if (digits === undefined) return null;
  const index = Number(digits) + by;
  if (index < 0 || (tail !== undefined && index === 0)) return index === 0 ? "" : null;
  return `[${String(index)}${tail ?? ""}]`;
}

function selectors(path: string): readonly string[] {
  return path.match(/\{\d+\}|<<\d+>>|\["[^"]*"\]|\[[^\]]*\]|\.[^.{[<~]+|~|…/g) ?? [];
}
