// Reading inside a value: `a.b`, `a[:b]`, keys of maps, members of lists, ranges and sets.

import { atom, type Term } from "@elixirscope/etf";
import { areEqual, type Comparing } from "./compare-values.ts";
import { NIL, raised, UNKNOWN, verdict, type Evaluated } from "./evaluated.ts";
import { cutRest, cutValue, mapShape, typeOf } from "./value-shape.ts";

/** Keys compare exactly; that of 0.0 as the newer releases do it. */
const KEY: Comparing = { exact: true, signedZero: true };

export function atomKey(name: string): Term {
  return atom(name);
}

/** The value under a key of a map. */
export function fetch(map: Term, key: Term): Term | "missing" | "unknown" {
  if (map.kind !== "map") return "unknown";
  const { entries, isCut } = mapShape(map);
  let isOpen = isCut;
  for (const [candidate, value] of entries) {
    const same = isSameKey(candidate, key);
    if (same === true) return value;
    if (same === null) isOpen = true;
  }
  return isOpen ? "unknown" : "missing";
}

/** Most keys are atoms: those need no walk. */
function isSameKey(a: Term, b: Term): boolean | null {
  if (a.kind === "atom" && b.kind === "atom") return a.name === b.name;
  return areEqual(a, b, KEY);
}

/** `subject.name` */
export function field(subject: Term, name: string): Evaluated {
  const type = typeOf(subject);
  if (type === null) return UNKNOWN;
  if (type === "atom") return raised(`a condition calls no function of a module (${name})`);
  if (type !== "map") return raised(`KeyError: .${name} of a value that is no map`);
  const found = fetch(subject, atomKey(name));
  if (found === "unknown") return UNKNOWN;
  return found === "missing" ? raised(`KeyError: key :${name} not found`) : found;
}

/** `subject[key]`, as `Access.get/2`. */
export function access(subject: Term, key: Term): Evaluated {
  const type = typeOf(subject);
  if (type === null) return UNKNOWN;
  if (subject.kind === "atom" && subject.name === "nil") return NIL;
  if (type === "map") {
    const struct = fetch(subject, atomKey("__struct__"));
    if (struct !== "missing" && struct !== "unknown" && struct.kind === "atom") {
      return raised("UndefinedFunctionError: structs have no Access; use .name");
    }
    const found = fetch(subject, key);
    if (found === "unknown") return UNKNOWN;
    return found === "missing" ? NIL : found;
  }
  if (type !== "list")
    return raised("ArgumentError: Access of a value that is no map, list or nil");
  if (key.kind !== "atom") return raised("ArgumentError: keys of keyword lists are atoms");
  if (subject.kind !== "list") return UNKNOWN;
  return keywordValue(subject, key);
}

function keywordValue({ items, tail }: Extract<Term, { kind: "list" }>, key: Term): Evaluated {
  for (const item of items) {
    if (cutValue(item) !== null) return UNKNOWN;
    const [name, value] = item.kind === "tuple" ? item.items : [];
    if (name === undefined || isSameKey(name, key) !== true) continue;
    const isPair = item.kind === "tuple" && item.items.length === 2;
    return isPair && value !== undefined ? value : raised("CaseClauseError: no pair");
  }
  if (tail === null) return NIL;
  return cutRest(tail) === undefined ? raised("ArgumentError: an improper list") : UNKNOWN;
}

/** `element in collection`, as `Enum.member?/2`. */
export function isMember(element: Term, collection: Term, signedZero: boolean): Evaluated {
  const type = typeOf(collection);
  if (type === null) return UNKNOWN;
  const comparing = { exact: true, signedZero };
  if (collection.kind === "list") {
    const found = anyEqual(element, collection.items, comparing);
    if (found === true || collection.tail === null) return verdict(found);
    return cutRest(collection.tail) === undefined ? raised("an improper list") : UNKNOWN;
  }
  if (collection.kind !== "map") {
    return type === "list" || type === "map"
      ? UNKNOWN
      : raised("Protocol.UndefinedError: Enumerable is not implemented for this value");
  }
  const struct = fetch(collection, atomKey("__struct__"));
  if (struct === "unknown") return UNKNOWN;
  if (struct === "missing") return isEntry(element, collection, comparing);
  const name = struct.kind === "atom" ? struct.name : "";
  if (name === "Elixir.Range") return inRangeStruct(element, collection);
  if (name === "Elixir.MapSet") {
    const elements = fetch(collection, atomKey("map"));
    if (elements === "unknown" || elements === "missing") return UNKNOWN;
    const found = fetch(elements, element);
    return found === "unknown" ? UNKNOWN : verdict(found !== "missing");
  }
  return raised(`a condition does not enumerate %${name.replace(/^Elixir\./, "")}{}`);
}

export function anyEqual(
  element: Term,
  candidates: readonly Term[],
  comparing: Comparing,
): boolean | null {
  let isOpen = false;
  for (const candidate of candidates) {
    const same = areEqual(element, candidate, comparing);
    if (same === true) return true;
    if (same === null) isOpen = true;
  }
  return isOpen ? null : false;
}

function isEntry(element: Term, map: Term, comparing: Comparing): Evaluated {
  if (element.kind !== "tuple" || cutValue(element) !== null) {
    return verdict(cutValue(element) === null ? false : null);
  }
  const [key, value] = element.items;
  if (element.items.length !== 2 || key === undefined || value === undefined) return verdict(false);
  const found = fetch(map, key);
  if (found === "unknown") return UNKNOWN;
  return verdict(found === "missing" ? false : areEqual(value, found, comparing));
}

function inRangeStruct(element: Term, range: Term): Evaluated {
  const bounds = ["first", "last", "step"].map((name) => fetch(range, atomKey(name)));
  const [first, last, step] = bounds;
  if (first === undefined || last === undefined || step === undefined) return UNKNOWN;
  if (typeof first === "string" || typeof last === "string") return UNKNOWN;
  // before 1.12 a range had no step
  return inRange(element, first, last, typeof step === "string" ? null : step);
}

export function inRange(element: Term, first: Term, last: Term, step: Term | null): Evaluated {
  if (first.kind !== "integer" || last.kind !== "integer") {
    return raised("ArgumentError: ranges have integer limits");
  }
  if (step !== null && (step.kind !== "integer" || Number(step.value) === 0)) {
    return raised("ArgumentError: the step of a range is a whole number that is not 0");
  }
  const type = typeOf(element);
  if (element.kind !== "integer") return verdict(type === null ? null : false);
  const [low, high, at] = [BigInt(first.value), BigInt(last.value), BigInt(element.value)];
  const by = step === null ? (low > high ? -1n : 1n) : BigInt(step.value);
  const within = by > 0n ? at >= low && at <= high : at <= low && at >= high;
  return verdict(within && (at - low) % by === 0n);
}
