// Erlang terms as plain data, one `kind` per Erlang type, so that nothing is lost: 1 is not 1.0, an
// atom is not a binary, a list keeps its improper tail. Terms are never changed once made.

import { assert } from "@elixirscope/base";

/** `value` is a number when it is a safe integer, else a bigint. */
export type IntegerTerm = { readonly kind: "integer"; readonly value: number | bigint };
export type FloatTerm = { readonly kind: "float"; readonly value: number };
export type AtomTerm = { readonly kind: "atom"; readonly name: string };
export type BinaryTerm = { readonly kind: "binary"; readonly bytes: Uint8Array };
/** `bits` is how many bits of the last byte count, 1 to 7, from the top. */
export type BitstringTerm = {
  readonly kind: "bitstring";
  readonly bytes: Uint8Array;
  readonly bits: number;
};
/** `tail` is null for a proper list; otherwise it is not a list itself. */
export type ListTerm = {
  readonly kind: "list";
  readonly items: readonly Term[];
  readonly tail: Term | null;
};
export type TupleTerm = { readonly kind: "tuple"; readonly items: readonly Term[] };
/** Entries in the order in which they were encoded. */
export type MapTerm = {
  readonly kind: "map";
  readonly entries: readonly (readonly [Term, Term])[];
};
export type PidTerm = {
  readonly kind: "pid";
  readonly node: string;
  readonly id: number;
  readonly serial: number;
  readonly creation: number;
};
export type PortTerm = {
  readonly kind: "port";
  readonly node: string;
  readonly id: number | bigint;
  readonly creation: number;
};
export type ReferenceTerm = {
  readonly kind: "reference";
  readonly node: string;
  readonly creation: number;
  readonly ids: readonly number[];
};
export type ExportTerm = {
  readonly kind: "export";
  readonly module: string;
  readonly function: string;
  readonly arity: number;
};
/** A closure. `bytes` is the whole encoded fun: only the node that made it can say more. */
export type FunTerm = {
  readonly kind: "fun";
  readonly module: string;
  readonly arity: number;
  readonly index: number;
  readonly uniq: number;
  /** how many variables it closes over */
  readonly free: number;
  readonly bytes: Uint8Array;
};

export type Term =
  | IntegerTerm
  | FloatTerm
  | AtomTerm
  | BinaryTerm
  | BitstringTerm
  | ListTerm
  | TupleTerm
  | MapTerm
  | PidTerm
  | PortTerm
  | ReferenceTerm
  | ExportTerm
  | FunTerm;

export type TermKind = Term["kind"];

const utf8 = new TextEncoder();

export function atom(name: string): AtomTerm {
  return { kind: "atom", name };
}

export function boolean(value: boolean): AtomTerm {
  return atom(value ? "true" : "false");
}

export function integer(value: number | bigint): IntegerTerm {
  if (typeof value === "bigint") {
    const narrow = Number(value);
    return { kind: "integer", value: Number.isSafeInteger(narrow) ? narrow : value };
  }
  assert(Number.isSafeInteger(value), `${value} is no safe integer: pass a bigint or use float()`);
  // -0 would otherwise be another integer than 0
  return { kind: "integer", value: value === 0 ? 0 : value };
}

export function float(value: number): FloatTerm {
  assert(Number.isFinite(value), `the BEAM has no float ${value}`);
  return { kind: "float", value };
}

/** A binary; a string becomes its UTF-8 bytes. */
export function binary(content: Uint8Array | string): BinaryTerm {
  return { kind: "binary", bytes: typeof content === "string" ? utf8.encode(content) : content };
}

/** The first `8 * (bytes.length - 1) + bits` bits; a whole number of bytes is a binary. */
export function bitstring(bytes: Uint8Array, bits: number): BitstringTerm | BinaryTerm {
  if (bits === 8 || bytes.length === 0) return { kind: "binary", bytes };
  assert(bits >= 1 && bits <= 7, `a last byte has 1 to 8 bits, not ${bits}`);
  return { kind: "bitstring", bytes, bits };
}

/** A list; a list given as `tail` is appended, as `[a | [b]]` is `[a, b]`. */
export function list(items: readonly Term[], tail: Term | null = null): Term {
  if (tail === null) return { kind: "list", items, tail };
  if (items.length === 0) return tail;
  if (tail.kind !== "list") return { kind: "list", items, tail };
  return { kind: "list", items: items.concat(tail.items), tail: tail.tail };
}

export function tuple(...items: readonly Term[]): TupleTerm {
  return { kind: "tuple", items };
}

export function map(entries: readonly (readonly [Term, Term])[]): MapTerm {
  return { kind: "map", entries };
}

/** The list of code points that Erlang uses for text. */
export function charlist(text: string): ListTerm {
  const items = Array.from(text, (character) => integer(character.codePointAt(0) ?? 0));
  return { kind: "list", items, tail: null };
}
