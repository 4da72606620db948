// Elixir's `==`, `===` and `<` over recorded values (Erlang reference manual, "Term Comparisons"). Numbers
// compare by value, keys of maps always exactly; what was cut makes the answer open (null), unless
// something else decides it. Compares with a stack of its own.

import { compare, type Term } from "@elixirscope/etf";
import { cutValue, mapShape, tupleShape, typeOf, type ValueType } from "./value-shape.ts";

export type Comparing = {
  /** an integer equals no float */
  readonly exact: boolean;
  /** 0.0 and -0.0 differ in exact comparison, since OTP 27 */
  readonly signedZero: boolean;
};

const RANK: Readonly<Record<ValueType, number>> = {
  integer: 0,
  float: 0,
  atom: 1,
  reference: 2,
  function: 3,
  port: 4,
  pid: 5,
  tuple: 6,
  map: 7,
  list: 8,
  binary: 9,
  bitstring: 9,
};

const EMPTY: Term = { kind: "list", items: [], tail: null };
const CELL: Term = { kind: "list", items: [EMPTY], tail: null };

/** Negative, zero or positive; null: not known. */
export function order(left: Term, right: Term): number | null {
  const { sign, isOpen } = walk(left, right, { exact: false, signedZero: false }, true);
  return isOpen ? null : sign;
}

/** Null: not known. What differs for certain differs, whatever was cut beside it. */
export function areEqual(left: Term, right: Term, comparing: Comparing): boolean | null {
  const { sign, isOpen } = walk(left, right, comparing, false);
  if (sign !== 0) return false;
  return isOpen ? null : true;
}

type Answer = { readonly sign: number; readonly isOpen: boolean };
/** NaN: open. */
type Sign = number;

function walk(left: Term, right: Term, comparing: Comparing, isOrder: boolean): Answer {
  const lefts: Term[] = [left];
  const rights: Term[] = [right];
  let isOpen = false;
  for (;;) {
    const a = lefts.pop();
    const b = rights.pop();
    if (a === undefined || b === undefined) return { sign: 0, isOpen };
    const sign = heads(a, b, comparing, lefts, rights);
    if (Number.isNaN(sign)) {
      isOpen = true;
      if (isOrder) return { sign: 0, isOpen };
    } else if (sign !== 0) {
      return { sign, isOpen: false };
    }
  }
}

/** Compares what is at hand and pushes what is inside, last first. */
function heads(a: Term, b: Term, comparing: Comparing, lefts: Term[], rights: Term[]): Sign {
  const [typeA, typeB] = [typeOf(a), typeOf(b)];
  if (typeA === null || typeB === null) return NaN;
  const rank = RANK[typeA] - RANK[typeB];
  if (rank !== 0) return rank;
  const [cutA, cutB] = [cutValue(a), cutValue(b)];
  if (cutA !== null || cutB !== null) return cutSign(a, b);
  if (a.kind === "list" && b.kind === "list") return lists(a, b, lefts, rights);
  if (a.kind === "tuple" && b.kind === "tuple") return tuples(a, b, lefts, rights);
  if (a.kind === "map" && b.kind === "map") return maps(a, b, lefts, rights);
  if ((a.kind === "integer" || a.kind === "float") && (b.kind === "integer" || b.kind === "float"))
    return numbers(a, b, comparing);
  return compare(a, b);
}

function numbers(
  a: Extract<Term, { kind: "integer" | "float" }>,
  b: Extract<Term, { kind: "integer" | "float" }>,
  { exact, signedZero }: Comparing,
): Sign {
  if (exact && a.kind !== b.kind) return a.kind === "integer" ? -1 : 1;
  // a bigint and a number compare by their exact values, as the BEAM does it
  if (a.value < b.value) return -1;
  if (a.value > b.value) return 1;
  return exact && signedZero && a.kind === "float" ? compare(a, b) : 0;
}

/** At least one of them was cut, both have the same rank. */
function cutSign(a: Term, b: Term): Sign {
  const [left, right] = [known(a), known(b)];
  if (left === null || right === null) return NaN;
  // of tuples and maps the size decides first
  if (a.kind === "map" || b.kind === "map" || left.isSized || right.isSized) {
    const sizes = left.size === null || right.size === null ? 0 : left.size - right.size;
    return sizes === 0 ? NaN : sizes;
  }
  const { bytes: one } = left;
  const { bytes: other } = right;
  if (one === null || other === null) return NaN;
  const shared = Math.min(one.length, other.length);
  const sign = Buffer.compare(one.subarray(0, shared), other.subarray(0, shared));
  return sign === 0 ? NaN : sign;
}

type Known = {
  readonly size: number | null;
  readonly isSized: boolean;
  readonly bytes: Uint8Array | null;
};

function known(term: Term): Known | null {
  const cut = cutValue(term);
  if (cut !== null) {
    const isSized = cut.type === "tuple" || cut.type === "map";
    return { size: cut.size, isSized, bytes: cut.prefix };
  }
  if (term.kind === "tuple") return { size: tupleShape(term).size, isSized: true, bytes: null };
  if (term.kind === "map") return { size: mapShape(term).size, isSized: true, bytes: null };
  if (term.kind === "binary") return { size: null, isSized: false, bytes: term.bytes };
  return null;
}

/** A shorter list ends where the longer goes on: there its tail meets a list cell. */
function lists(
  a: Extract<Term, { kind: "list" }>,
  b: Extract<Term, { kind: "list" }>,
  lefts: Term[],
  rights: Term[],
): Sign {
  const difference = a.items.length - b.items.length;
  if (a.items.length === 0 || b.items.length === 0) return difference;
  lefts.push(difference > 0 ? CELL : (a.tail ?? EMPTY));
  rights.push(difference < 0 ? CELL : (b.tail ?? EMPTY));
  pushItems(a.items, b.items, lefts, rights);
  return 0;
}

function tuples(
  a: Extract<Term, { kind: "tuple" }>,
  b: Extract<Term, { kind: "tuple" }>,
  lefts: Term[],
  rights: Term[],
): Sign {
  const [left, right] = [tupleShape(a), tupleShape(b)];
  if (left.size === null || right.size === null) return NaN;
  if (left.size !== right.size) return left.size - right.size;
  if (left.items.length < left.size || right.items.length < right.size) {
    const cut = (left.items.length < left.size ? a : b).items.at(-1) ?? EMPTY;
    lefts.push(cut);
    rights.push(cut);
  }
  pushItems(left.items, right.items, lefts, rights);
  return 0;
}

/** Size, then keys, then values. */
function maps(
  a: Extract<Term, { kind: "map" }>,
  b: Extract<Term, { kind: "map" }>,
  lefts: Term[],
  rights: Term[],
): Sign {
  const [left, right] = [mapShape(a), mapShape(b)];
  if (left.size !== right.size) return left.size - right.size;
  if (left.isCut || right.isCut) return NaN;
  const sorted = [left, right].map(({ entries }) =>
    entries.toSorted(([one], [other]) => compare(one, other)),
  );
  const [ours = [], theirs = []] = sorted;
  for (const [i, [key]] of ours.entries()) {
    const other = theirs[i];
    const sign = other === undefined ? 1 : compare(key, other[0]);
    if (sign !== 0) return sign;
  }
  pushItems(valuesOf(ours), valuesOf(theirs), lefts, rights);
  return 0;
}

function valuesOf(entries: readonly (readonly [Term, Term])[]): readonly Term[] {
  return entries.map(([, value]) => value);
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
