// Can a message of one shape be taken by a pattern of another?

import { assertNever } from "@elixirscope/base";
import type { Shape } from "./shape.ts";

/** Whether every term of the shape matches, or some may, or none can. */
export type ShapeMatch = "always" | "maybe" | "never";

/** `sent` is the shape of a term that is made, `pattern` that of a pattern. */
export function matchShape(sent: Shape, pattern: Shape): ShapeMatch {
  if (pattern.kind === "any") return "always";
  if (sent.kind === "any" || sent.kind === "pinned" || pattern.kind === "pinned") return "maybe";
  switch (pattern.kind) {
    case "value":
      return matchValue(sent, pattern.text);
    case "tuple":
      if (sent.kind !== "tuple" || sent.items.length !== pattern.items.length) return "never";
      return all(pattern.items, (item, at) => matchShape(sent.items[at] ?? item, item));
    case "list":
      return sent.kind === "list" ? matchList(sent, pattern) : "never";
    case "map":
      return sent.kind === "map" ? matchMap(sent, pattern) : "never";
    case "prefix":
      if (sent.kind === "value" && sent.text.startsWith('"')) {
        return sent.text.startsWith(pattern.text.slice(0, -1)) ? "always" : "never";
      }
      return sent.kind === "prefix" || sent.kind === "binary" ? "maybe" : "never";
    case "binary":
      return isText(sent) ? "maybe" : "never";
    case "function":
      return sent.kind === "function" ? "maybe" : "never";
    case "opaque":
      return sent.kind === "opaque" && sent.type === pattern.type ? "maybe" : "never";
    default:
      return assertNever(pattern);
  }
}

function isText(shape: Shape): boolean {
  return (
    shape.kind === "binary" ||
    shape.kind === "prefix" ||
    (shape.kind === "value" && shape.text.startsWith('"'))
  );
}

function matchValue(sent: Shape, text: string): ShapeMatch {
  if (sent.kind === "value") return sent.text === text ? "always" : "never";
  if (sent.kind === "binary" || sent.kind === "prefix")
    return text.startsWith('"') ? "maybe" : "never";
  return "never";
}

function all<T>(items: readonly T[], matchOf: (item: T, at: number) => ShapeMatch): ShapeMatch {
  let result: ShapeMatch = "always";
  for (const [at, item] of items.entries()) {
    const match = matchOf(item, at);
    if (match === "never") return "never";
    if (match === "maybe") result = "maybe";
  }
  return result;
}

type ListShape = Shape & { kind: "list" };
type MapShape = Shape & { kind: "map" };

function matchList(sent: ListShape, pattern: ListShape): ShapeMatch {
  const shared = Math.min(sent.items.length, pattern.items.length);
  const heads = all(pattern.items.slice(0, shared), (item, at) =>
    matchShape(sent.items[at] ?? item, item),
  );
  if (heads === "never") return "never";
  const moreSent = sent.items.length > shared;
  const morePattern = pattern.items.length > shared;
  if (moreSent && pattern.tail === null) return "never";
  if (morePattern) return sent.tail === null ? "never" : "maybe";
  if (pattern.tail === null) return sent.tail === null ? heads : "maybe";
  const rest: Shape = { kind: "list", items: sent.items.slice(shared), tail: sent.tail };
  const tail =
    pattern.tail.kind === "list" ? matchList(rest, pattern.tail) : matchShape(rest, pattern.tail);
  return tail === "always" ? heads : tail;
}

function matchMap(sent: MapShape, pattern: MapShape): ShapeMatch {
  let result: ShapeMatch = "always";
  if (pattern.struct !== null && pattern.struct !== sent.struct) {
    const certainlyOther =
      sent.struct === null ? !sent.open : sent.struct !== "_" && pattern.struct !== "_";
    if (certainlyOther) return "never";
    if (!(pattern.struct === "_" && sent.struct !== null)) result = "maybe";
  }
  const values = new Map(sent.entries);
  const entries = all(pattern.entries, ([key, wanted]) => {
    const value = values.get(key);
    if (value !== undefined) return matchShape(value, wanted);
    // a struct that is made has its default there
    return sent.open || sent.struct !== null || key === "_" ? "maybe" : "never";
  });
  return entries === "always" ? result : entries;
}

/** Could some term have both shapes? For names, of which both sides may leave parts open. */
export function shapesMeet(a: Shape, b: Shape): boolean {
  return matchShape(a, b) !== "never" || matchShape(b, a) !== "never";
}
