// Erlang's term order in its exact form, the one in which maps keep their keys: an integer is less
// than any float, so 1 and 1.0 differ as they do for `=:=`. Compares with a stack of its own.

import { assertNever } from "@elixirscope/base";
import { freeVariables } from "./decode.ts";
import type { FunTerm, ListTerm, MapTerm, ReferenceTerm, Term, TermKind } from "./term.ts";

const RANK: Readonly<Record<TermKind, number>> = {
  integer: 0,
  float: 1,
  atom: 2,
  reference: 3,
  fun: 4,
  export: 5,
  port: 6,
  pid: 7,
  tuple: 8,
  map: 9,
  list: 10,
  binary: 11,
  bitstring: 11,
};

const NIL: ListTerm = { kind: "list", items: [], tail: null };
const CONS: ListTerm = { kind: "list", items: [NIL], tail: null };

/**
 * Maps used as keys of maps used as keys … this deep are compared in the order of their encoding:
 * sorting at every level makes the work quadratic, which hostile bytes would use.
 */
const MAX_KEY_NESTING = 4;

/** The terms are the same in the sense of `=:=`; 0.0 and -0.0 differ, as on OTP 27 and later. */
export function equal(left: Term, right: Term): boolean {
  return compare(left, right) === 0;
}

/** Negative, zero or positive: the order in which a map of up to 32 keys keeps them. */
export function compare(left: Term, right: Term): number {
  return compareNested(left, right, 0);
}

function compareNested(left: Term, right: Term, nesting: number): number {
  const lefts: Term[] = [left];
  const rights: Term[] = [right];
  for (;;) {
    const a = lefts.pop();
    const b = rights.pop();
    if (a === undefined || b === undefined) return 0;
    if (a === b) continue;
    const verdict = RANK[a.kind] - RANK[b.kind] || compareHeads(a, b, lefts, rights, nesting);
    if (verdict !== 0) return verdict;
  }
}

/** Compares what is at hand and pushes what is inside, last first. Both have the same rank. */
function compareHeads(a: Term, b: Term, lefts: Term[], rights: Term[], nesting: number): number {
  switch (a.kind) {
    case "integer":
      return b.kind === "integer" ? order(a.value, b.value) : 0;
    case "float":
      return b.kind === "float" ? compareFloats(a.value, b.value) : 0;
    case "atom":
      return b.kind === "atom" ? compareText(a.name, b.name) : 0;
    case "binary":
    case "bitstring":
      return b.kind === "binary" || b.kind === "bitstring" ? compareBits(a, b) : 0;
    case "list":
      return b.kind === "list" ? pushLists(a, b, lefts, rights) : 0;
    case "tuple":
      if (b.kind !== "tuple") return 0;
      if (a.items.length === b.items.length) pushItems(a.items, b.items, lefts, rights);
      return a.items.length - b.items.length;
    case "map":
      return b.kind === "map" ? pushMaps(a, b, lefts, rights, nesting) : 0;
    case "pid":
      if (b.kind !== "pid") return 0;
      return (
        order(a.serial, b.serial) ||
        order(a.id, b.id) ||
        compareText(a.node, b.node) ||
        order(a.creation, b.creation)
      );
    case "port":
      if (b.kind !== "port") return 0;
      return order(a.id, b.id) || compareText(a.node, b.node) || order(a.creation, b.creation);
    case "reference":
      return b.kind === "reference" ? compareReferences(a, b) : 0;
    case "export":
      if (b.kind !== "export") return 0;
      return (
        compareText(a.module, b.module) || compareText(a.function, b.function) || a.arity - b.arity
      );
    case "fun":
      return b.kind === "fun" ? pushFuns(a, b, lefts, rights) : 0;
    default:
      return assertNever(a);
  }
}

function order(a: number | bigint, b: number | bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareFloats(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (a !== b) return a < b ? -1 : 1;
  return Object.is(a, -0) ? -1 : 1;
}

/** By code points, as UTF-8 bytes order; UTF-16 units order differently above U+FFFF. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  const left = a.charCodeAt(i);
  const right = b.charCodeAt(i);
  if (Number.isNaN(left) || Number.isNaN(right)) return a.length - b.length;
  const isLeftHigh = left >= 0xd800 && left <= 0xdfff;
  const isRightHigh = right >= 0xd800 && right <= 0xdfff;
  if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1;
  return left - right;
}

type Bits = { readonly bytes: Uint8Array; readonly bits?: number };

function compareBits(a: Bits, b: Bits): number {
  const shared = Math.min(a.bytes.length, b.bytes.length);
  const lengths = bitLength(a) - bitLength(b);
  for (let i = 0; i < shared; i++) {
    const used = Math.min(usedBits(a, i), usedBits(b, i));
    const mask = (0xff << (8 - used)) & 0xff;
    const difference = ((a.bytes[i] ?? 0) & mask) - ((b.bytes[i] ?? 0) & mask);
    if (difference !== 0) return difference;
  }
  return lengths;
}

function bitLength(value: Bits): number {
  return value.bytes.length * 8 - 8 + (value.bits ?? 8);
}

function usedBits(value: Bits, index: number): number {
  return index === value.bytes.length - 1 ? (value.bits ?? 8) : 8;
}

function pushItems(a: readonly Term[], b: readonly Term[], lefts: Term[], rights: Term[]): void {
  for (let i = Math.min(a.length, b.length) - 1; i >= 0; i--) {
    const left = a[i];
    const right = b[i];
    if (left === undefined || right === undefined) continue;
    lefts.push(left);
    rights.push(right);
  }
}

/** A shorter list ends where the longer goes on: there its tail meets a list cell. */
function pushLists(a: ListTerm, b: ListTerm, lefts: Term[], rights: Term[]): number {
  const difference = a.items.length - b.items.length;
  if (a.items.length === 0 || b.items.length === 0) return difference;
  lefts.push(difference > 0 ? CONS : (a.tail ?? NIL));
  rights.push(difference < 0 ? CONS : (b.tail ?? NIL));
  pushItems(a.items, b.items, lefts, rights);
  return 0;
}

/** Size, then keys, then values. */
function pushMaps(a: MapTerm, b: MapTerm, lefts: Term[], rights: Term[], nesting: number): number {
  if (a.entries.length !== b.entries.length) return a.entries.length - b.entries.length;
  const left = sortEntries(a, nesting);
  const right = sortEntries(b, nesting);
  for (const part of [1, 0] as const) {
    const keysOf = (entries: MapTerm["entries"]): Term[] => entries.map((entry) => entry[part]);
    pushItems(keysOf(left), keysOf(right), lefts, rights);
  }
  return 0;
}

/** Entries in the order of their keys; the order of the encoding says nothing. */
export function sortEntries(map: MapTerm, nesting = 0): MapTerm["entries"] {
  if (nesting >= MAX_KEY_NESTING) return map.entries;
  return map.entries.toSorted(([a], [b]) => compareNested(a, b, nesting + 1));
}

function compareReferences(a: ReferenceTerm, b: ReferenceTerm): number {
  const node = compareText(a.node, b.node) || order(a.creation, b.creation);
  if (node !== 0) return node;
  for (let i = Math.max(a.ids.length, b.ids.length) - 1; i >= 0; i--) {
    const difference = (a.ids[i] ?? 0) - (b.ids[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The same code over the same variables; which process made the closure does not count. */
function pushFuns(a: FunTerm, b: FunTerm, lefts: Term[], rights: Term[]): number {
  const code =
    compareText(a.module, b.module) ||
    order(a.index, b.index) ||
    order(a.uniq, b.uniq) ||
    order(a.arity, b.arity) ||
    order(a.free, b.free);
  if (code !== 0) return code;
  const [left, right] = [freeVariables(a), freeVariables(b)];
  if (left === undefined || right === undefined) return compareBits(a, b);
  pushItems(left, right, lefts, rights);
  return 0;
}
