// Requests that differ only in their values: `{:set_level, "apple", 3}` is `{:set_level, _, _}`. Positions
// name the values: "1" is the first after the tag, "1.0" is in a tuple there, "" is the request itself.

import { equal, type Term } from "@elixirscope/etf";

export type Shape = string;

const NESTED = 2;

export function shapeOf(request: Term): Shape {
  if (request.kind === "atom") return `:${request.name}`;
  if (request.kind !== "tuple") return "_";
  const items = request.items.map((item, i) =>
    i === 0 && item.kind === "atom" ? `:${item.name}` : "_",
  );
  return `{${items.join(", ")}}`;
}

/** The values of a request, each with its position; a tag is none. */
export function valuesOf(request: Term): readonly (readonly [position: string, value: Term])[] {
  if (request.kind !== "tuple") return request.kind === "atom" ? [] : [["", request]];
  const found: [string, Term][] = [];
  const pending: { readonly at: string; readonly term: Term; readonly depth: number }[] = [
    { at: "", term: request, depth: 0 },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { at, term, depth } = next;
    if (depth > 0) found.push([at, term]);
    if (term.kind !== "tuple" || depth === NESTED) continue;
    for (const [i, item] of term.items.entries()) {
      if (depth === 0 && i === 0 && item.kind === "atom") continue;
      pending.push({ at: at === "" ? `${i}` : `${at}.${i}`, term: item, depth: depth + 1 });
    }
  }
  return found;
}

export function positionsOf(request: Term, value: Term): readonly string[] {
  return valuesOf(request).flatMap(([position, one]) => (equal(one, value) ? [position] : []));
}

export function valueAtPosition(request: Term, position: string): Term | null {
  if (position === "") return request;
  let at: Term = request;
  for (const index of position.split(".")) {
    const item = at.kind === "tuple" ? at.items[Number(index)] : undefined;
    if (item === undefined) return null;
    at = item;
  }
  return at;
}
