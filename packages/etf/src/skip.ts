// Finds the end of a term without building anything: one counter of terms still to come replaces both
// recursion and a stack, so depth costs nothing. It checks all that `decode` checks; what passed here decodes.

import type { Result } from "@elixirscope/base";
import { attempt, Malformed, type DecodeError } from "./decode-error.ts";
import { Reader } from "./reader.ts";
import * as tags from "./tags.ts";

/** An integer longer than this is refused: no VM makes one, and its arithmetic would take seconds. */
export const MAX_INTEGER_BYTES = 1_048_576;

/** Offset just after the term whose tag is at `offset`. */
export function skip(bytes: Uint8Array, offset: number): Result<number, DecodeError> {
  return attempt(() => {
    const reader = new Reader(bytes, offset);
    skipTerm(reader);
    return reader.pos;
  });
}

export function skipTerm(reader: Reader): void {
  let pending = 1;
  while (pending > 0) {
    const inside = skipHead(reader);
    // Every term takes a byte: a count that cannot fit fails here, not after reading it all.
    if (inside > 0) reader.need(inside);
    pending += inside - 1;
  }
}

/** Passes one leaf, or the head of one container; answers how many terms follow it. */
function skipHead(reader: Reader): number {
  const tag = reader.u8();
  switch (tag) {
    case tags.SMALL_INTEGER_EXT:
      reader.advance(1);
      return 0;
    case tags.INTEGER_EXT:
      reader.advance(4);
      return 0;
    case tags.SMALL_ATOM_UTF8_EXT:
    case tags.SMALL_ATOM_EXT:
      reader.skipAtomText(tag, reader.u8());
      return 0;
    case tags.ATOM_UTF8_EXT:
    case tags.ATOM_EXT:
      reader.skipAtomText(tag, reader.u16());
      return 0;
    case tags.BINARY_EXT:
      reader.advance(reader.u32());
      return 0;
    case tags.NIL_EXT:
      return 0;
    case tags.STRING_EXT:
      reader.advance(reader.u16());
      return 0;
    case tags.LIST_EXT:
      return reader.u32() + 1;
    case tags.SMALL_TUPLE_EXT:
      return reader.u8();
    case tags.LARGE_TUPLE_EXT:
      return reader.u32();
    case tags.MAP_EXT:
      return reader.u32() * 2;
    case tags.NEW_FLOAT_EXT:
      reader.f64();
      return 0;
    default:
      skipRare(reader, tag);
      return 0;
  }
}

function skipRare(reader: Reader, tag: number): void {
  switch (tag) {
    case tags.FLOAT_EXT:
      readTextFloat(reader);
      return;
    case tags.SMALL_BIG_EXT:
      skipBig(reader, reader.u8());
      return;
    case tags.LARGE_BIG_EXT:
      skipBig(reader, readBigLength(reader));
      return;
    case tags.BIT_BINARY_EXT: {
      const length = reader.u32();
      readLastBits(reader, length);
      reader.advance(length);
      return;
    }
    case tags.PID_EXT:
      reader.skipAtom();
      reader.advance(9);
      return;
    case tags.NEW_PID_EXT:
      reader.skipAtom();
      reader.advance(12);
      return;
    case tags.PORT_EXT:
      reader.skipAtom();
      reader.advance(5);
      return;
    case tags.NEW_PORT_EXT:
      reader.skipAtom();
      reader.advance(8);
      return;
    case tags.V4_PORT_EXT:
      reader.skipAtom();
      reader.advance(12);
      return;
    case tags.REFERENCE_EXT:
      reader.skipAtom();
      reader.advance(5);
      return;
    case tags.NEW_REFERENCE_EXT: {
      const words = readReferenceLength(reader);
      reader.skipAtom();
      reader.advance(1 + words * 4);
      return;
    }
    case tags.NEWER_REFERENCE_EXT: {
      const words = readReferenceLength(reader);
      reader.skipAtom();
      reader.advance(4 + words * 4);
      return;
    }
    case tags.EXPORT_EXT:
      reader.skipAtom();
      reader.skipAtom();
      readArity(reader);
      return;
    case tags.NEW_FUN_EXT:
      readFunHead(reader);
      return;
    default:
      throw reader.unknownTag(tag);
  }
}

export function readBigLength(reader: Reader): number {
  const start = reader.pos;
  const length = reader.u32();
  reader.need(length + 1);
  if (length > MAX_INTEGER_BYTES) {
    throw new Malformed("too_large", start, `an integer of ${length} bytes`);
  }
  return length;
}

function skipBig(reader: Reader, length: number): void {
  readSign(reader);
  reader.advance(length);
}

/** 0 or 1 for a negative integer. */
export function readSign(reader: Reader): number {
  const sign = reader.u8();
  if (sign <= 1) return sign;
  throw new Malformed("malformed", reader.pos - 1, `${sign} is no sign of an integer`);
}

export function readReferenceLength(reader: Reader): number {
  const words = reader.u16();
  // 3 words until OTP 23, up to 5 since 24 (pid references)
  if (words < 1 || words > 5) throw reader.malformed(`a reference of ${words} words`);
  return words;
}

/** How many bits of the last byte count. */
export function readLastBits(reader: Reader, length: number): number {
  const bits = reader.u8();
  const most = length === 0 ? 0 : 8;
  const least = length === 0 ? 0 : 1;
  if (bits < least || bits > most) throw reader.malformed(`${bits} bits in the last byte`);
  return bits;
}

export function readArity(reader: Reader): number {
  const tag = reader.u8();
  if (tag !== tags.SMALL_INTEGER_EXT) {
    throw new Malformed("malformed", reader.pos - 1, `an arity was expected, not the tag ${tag}`);
  }
  return reader.u8();
}

/** The text form of floats, 31 bytes padded with zeros, as nodes before OTP 17 sent them. */
export function readTextFloat(reader: Reader): number {
  const start = reader.pos;
  let text = "";
  for (const byte of reader.take(31)) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  const value = /^[ +-]?\d+\.\d+(?:e[+-]?\d+)?$/iu.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new Malformed("malformed", start, "the text is not a float");
  return value;
}

export type FunHead = {
  readonly module: string;
  readonly arity: number;
  readonly index: number;
  readonly uniq: number;
  readonly free: number;
  /** where the variables begin */
  readonly variablesAt: number;
};

/**
 * After NEW_FUN_EXT: reads what describes the fun. Its variables are passed by the declared size and
 * not looked at: they stay bytes, and funs nested in funs need no recursion.
 */
export function readFunHead(reader: Reader): FunHead {
  const start = reader.pos;
  const end = start + reader.u32();
  reader.need(end - reader.pos);
  const arity = reader.u8();
  reader.advance(16);
  const index = reader.u32();
  const free = reader.u32();
  const module = reader.atom();
  readSmallInteger(reader);
  const uniq = readSmallInteger(reader);
  const creator = reader.u8();
  if (creator !== tags.NEW_PID_EXT && creator !== tags.PID_EXT) {
    throw new Malformed("malformed", reader.pos - 1, "the creator of a fun is not a pid");
  }
  reader.skipAtom();
  reader.advance(creator === tags.PID_EXT ? 9 : 12);
  const variablesAt = reader.pos;
  if (variablesAt + free > end) throw new Malformed("malformed", start, "a fun exceeds its size");
  reader.pos = end;
  return { module, arity, index, uniq, free, variablesAt };
}

function readSmallInteger(reader: Reader): number {
  const tag = reader.u8();
  if (tag === tags.SMALL_INTEGER_EXT) return reader.u8();
  if (tag === tags.INTEGER_EXT) return reader.i32();
  throw new Malformed("malformed", reader.pos - 1, `a small integer was expected, not tag ${tag}`);
}
