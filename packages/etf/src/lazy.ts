// A term that stays bytes: each step decodes only the head it looks at and skips the rest. The bytes
// are checked once when the view is made, so looking cannot fail later.

import { assert, err, type Result } from "@elixirscope/base";
import { equal } from "./compare.ts";
import { attempt, type DecodeError } from "./decode-error.ts";
import { locate, readTerm, rejectTrailing } from "./decode.ts";
import { openExternal, type DecodeOptions } from "./inflate.ts";
import { Reader } from "./reader.ts";
import { skipTerm } from "./skip.ts";
import * as tags from "./tags.ts";
import type { Term, TermKind } from "./term.ts";

/** A view of a whole external term, or of the term whose tag is at `offset` (no 131, bytes may follow). */
export function view(
  bytes: Uint8Array,
  offset?: number,
  options: DecodeOptions = {},
): Result<LazyTerm, DecodeError> {
  const result = attempt(() => {
    const reader = offset === undefined ? openExternal(bytes, options) : new Reader(bytes, offset);
    const start = reader.pos;
    skipTerm(reader);
    if (offset === undefined) rejectTrailing(reader);
    return new LazyTerm(reader, start, reader.pos);
  });
  return result.ok || offset !== undefined ? result : err(locate(bytes, result.error));
}

export class LazyTerm {
  readonly #reader: Reader;
  readonly #start: number;
  #end: number | null;
  readonly kind: TermKind;
  /** Items of a list or tuple, entries of a map, bytes of a binary or bitstring, else 0. */
  readonly size: number;
  /** First byte after the head: the first item, entry, character or content byte. */
  readonly #content: number;
  /** Where the walk along the items stopped last: asking for the next one is then one step. */
  #walkIndex = 0;
  #walkPos: number;

  /** Only `view` and other views make one: the bytes must have been checked. */
  constructor(reader: Reader, start: number, end: number | null) {
    this.#reader = reader;
    this.#end = end;
    reader.pos = start;
    let tag = reader.u8();
    // a list of no items is its tail, as `decode` has it
    while (tag === tags.LIST_EXT && reader.isZero32()) {
      reader.advance(4);
      tag = reader.u8();
    }
    this.#start = reader.pos - 1;
    this.kind = kindOf(tag);
    this.size = sizeOf(tag, reader);
    this.#content = reader.pos;
    this.#walkPos = reader.pos;
  }

  /** The external bytes of this term without 131; shares memory. */
  get bytes(): Uint8Array {
    return this.#reader.bytes.subarray(this.#start, this.#endOffset());
  }

  toTerm(): Term {
    this.#reader.pos = this.#start;
    return readTerm(this.#reader);
  }

  /** An item of a list or tuple; undefined outside of it and for other kinds. */
  at(index: number): LazyTerm | undefined {
    if (this.kind !== "list" && this.kind !== "tuple") return undefined;
    if (!Number.isInteger(index) || index < 0 || index >= this.size) return undefined;
    if (this.#isString()) return byteInteger(this.#reader.bytes[this.#content + index] ?? 0);
    return this.#child(index);
  }

  /** The tail of an improper list, null for any other term. */
  get tail(): LazyTerm | null {
    if (this.kind !== "list" || this.size === 0 || this.#isString()) return null;
    const tail = this.#child(this.size);
    return tail.kind === "list" && tail.size === 0 ? null : tail;
  }

  /** The value under a key of a map. */
  get(key: Term): LazyTerm | undefined {
    for (const [candidate, value] of this.entries()) {
      if (candidate.kind === key.kind && equal(candidate.toTerm(), key)) return value;
    }
    return undefined;
  }

  /** The items of a list (without its tail) or tuple, made as they are asked for. */
  *items(): Generator<LazyTerm, void, undefined> {
    for (let i = 0; i < this.size; i++) {
      const item = this.at(i);
      if (item === undefined) return;
      yield item;
    }
  }

  /** The entries of a map in encoded order, made as they are asked for. */
  *entries(): Generator<[LazyTerm, LazyTerm], void, undefined> {
    if (this.kind !== "map") return;
    for (let i = 0; i < this.size; i++) {
      const key = this.#child(i * 2);
      yield [key, this.#child(i * 2 + 1)];
    }
  }

  #child(index: number): LazyTerm {
    if (index < this.#walkIndex) {
      this.#walkIndex = 0;
      this.#walkPos = this.#content;
    }
    this.#reader.pos = this.#walkPos;
    for (let i = this.#walkIndex; i < index; i++) skipTerm(this.#reader);
    this.#walkIndex = index;
    this.#walkPos = this.#reader.pos;
    return new LazyTerm(this.#reader, this.#walkPos, null);
  }

  #isString(): boolean {
    return this.#reader.bytes[this.#start] === tags.STRING_EXT;
  }

  #endOffset(): number {
    if (this.#end === null) {
      this.#reader.pos = this.#start;
      skipTerm(this.#reader);
      this.#end = this.#reader.pos;
    }
    return this.#end;
  }
}

/** A STRING_EXT holds bare bytes: its items get bytes of their own. */
function byteInteger(byte: number): LazyTerm {
  return new LazyTerm(new Reader(Uint8Array.of(tags.SMALL_INTEGER_EXT, byte), 0), 0, 2);
}

function kindOf(tag: number): TermKind {
  const kind = KINDS.get(tag);
  assert(kind !== undefined, `tag ${tag} passed the check of a view`);
  return kind;
}

const KINDS: ReadonlyMap<number, TermKind> = new Map<number, TermKind>([
  [tags.SMALL_INTEGER_EXT, "integer"],
  [tags.INTEGER_EXT, "integer"],
  [tags.SMALL_BIG_EXT, "integer"],
  [tags.LARGE_BIG_EXT, "integer"],
  [tags.NEW_FLOAT_EXT, "float"],
  [tags.FLOAT_EXT, "float"],
  [tags.ATOM_EXT, "atom"],
  [tags.SMALL_ATOM_EXT, "atom"],
  [tags.ATOM_UTF8_EXT, "atom"],
  [tags.SMALL_ATOM_UTF8_EXT, "atom"],
  [tags.BINARY_EXT, "binary"],
  [tags.BIT_BINARY_EXT, "bitstring"],
  [tags.NIL_EXT, "list"],
  [tags.STRING_EXT, "list"],
  [tags.LIST_EXT, "list"],
  [tags.SMALL_TUPLE_EXT, "tuple"],
  [tags.LARGE_TUPLE_EXT, "tuple"],
  [tags.MAP_EXT, "map"],
  [tags.PID_EXT, "pid"],
  [tags.NEW_PID_EXT, "pid"],
  [tags.PORT_EXT, "port"],
  [tags.NEW_PORT_EXT, "port"],
  [tags.V4_PORT_EXT, "port"],
  [tags.REFERENCE_EXT, "reference"],
  [tags.NEW_REFERENCE_EXT, "reference"],
  [tags.NEWER_REFERENCE_EXT, "reference"],
  [tags.EXPORT_EXT, "export"],
  [tags.NEW_FUN_EXT, "fun"],
]);

/** Reads the head's own count and leaves the reader after the head. */
function sizeOf(tag: number, reader: Reader): number {
  switch (tag) {
    case tags.SMALL_TUPLE_EXT:
      return reader.u8();
    case tags.STRING_EXT:
      return reader.u16();
    case tags.LIST_EXT:
    case tags.LARGE_TUPLE_EXT:
    case tags.MAP_EXT:
    case tags.BINARY_EXT:
      return reader.u32();
    case tags.BIT_BINARY_EXT: {
      const length = reader.u32();
      reader.advance(1);
      return length;
    }
    default:
      return 0;
  }
}
