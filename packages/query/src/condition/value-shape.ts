// Type and size of a recorded value, also where the probe cut it: its markers keep both.

import type { Term } from "@elixirscope/etf";
import { cutMapSize, isCutAtom, isCutTuple } from "../cut.ts";

export type ValueType =
  | "integer"
  | "float"
  | "atom"
  | "reference"
  | "function"
  | "port"
  | "pid"
  | "tuple"
  | "map"
  | "list"
  | "binary"
  | "bitstring";

export type CutValue = {
  /** null: an integer beyond all sizes, or bits that are no whole bytes */
  readonly type: ValueType | null;
  readonly size: number | null;
  /** of a binary: its first bytes */
  readonly prefix: Uint8Array | null;
};

/** What is left of a value of which nothing inside was kept (of a list: of its rest); null for others. */
export function cutValue(term: Term): CutValue | null {
  if (term.kind !== "tuple" || !isCutTuple(term)) return null;
  const [, what, third, fourth] = term.items;
  if (what?.kind !== "atom") return { type: null, size: null, prefix: null };
  if (what.name === "binary") {
    const prefix = fourth?.kind === "binary" ? fourth.bytes : null;
    return { type: "binary", size: count(third), prefix };
  }
  if (what.name !== "depth")
    return { type: typeNamed(what.name), size: count(third), prefix: null };
  const type = third?.kind === "atom" ? typeNamed(third.name) : null;
  return { type, size: count(fourth), prefix: null };
}

function typeNamed(name: string): ValueType | null {
  return name === "list" || name === "tuple" || name === "map" || name === "function" ? name : null;
}

function count(term: Term | undefined): number | null {
  if (term?.kind !== "integer") return null;
  const value = Number(term.value);
  return value < 0 ? null : value;
}

/** Null: it cannot be told. */
export function typeOf(term: Term): ValueType | null {
  if (term.kind === "fun" || term.kind === "export") return "function";
  const cut = cutValue(term);
  return cut === null ? term.kind : cut.type;
}

/** Elements of a tuple: those that are there, and how many there were. */
export function tupleShape(term: Extract<Term, { kind: "tuple" }>): {
  readonly items: readonly Term[];
  readonly size: number | null;
} {
  const last = term.items.at(-1);
  if (last === undefined || !isCutTuple(last))
    return { items: term.items, size: term.items.length };
  const [, what, size] = last.kind === "tuple" ? last.items : [];
  if (what?.kind !== "atom" || what.name !== "tuple") {
    return { items: term.items, size: term.items.length };
  }
  return { items: term.items.slice(0, -1), size: count(size) };
}

export type MapShape = {
  readonly entries: readonly (readonly [Term, Term])[];
  readonly size: number;
  /** entries are missing */
  readonly isCut: boolean;
};

export function mapShape(term: Extract<Term, { kind: "map" }>): MapShape {
  const size = cutMapSize(term.entries);
  if (size === null) return { entries: term.entries, size: term.entries.length, isCut: false };
  return { entries: term.entries.filter(([key]) => !isCutAtom(key)), size, isCut: true };
}

/** The rest of a list was cut: how much is missing, null when that is not known; undefined: nothing was. */
export function cutRest(tail: Term | null): number | null | undefined {
  if (tail === null) return undefined;
  const cut = cutValue(tail);
  return cut?.type === "list" ? cut.size : undefined;
}
