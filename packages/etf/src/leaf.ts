// Terms without terms inside (also pids, references and funs, whose parts are atoms and numbers only).

import type { Reader } from "./reader.ts";
import {
  readArity,
  readBigLength,
  readFunHead,
  readLastBits,
  readReferenceLength,
  readSign,
  readTextFloat,
} from "./skip.ts";
import * as tags from "./tags.ts";
import type { IntegerTerm, ListTerm, Term } from "./term.ts";

/** The rest of a term whose tag was just read. */
export function readLeaf(reader: Reader, tag: number): Term {
  switch (tag) {
    case tags.SMALL_INTEGER_EXT:
      return { kind: "integer", value: reader.u8() };
    case tags.INTEGER_EXT:
      return { kind: "integer", value: reader.i32() };
    case tags.SMALL_ATOM_UTF8_EXT:
    case tags.SMALL_ATOM_EXT:
      return { kind: "atom", name: reader.atomText(tag, reader.u8()) };
    case tags.ATOM_UTF8_EXT:
    case tags.ATOM_EXT:
      return { kind: "atom", name: reader.atomText(tag, reader.u16()) };
    case tags.BINARY_EXT:
      return { kind: "binary", bytes: reader.take(reader.u32()) };
    case tags.NIL_EXT:
      return { kind: "list", items: [], tail: null };
    case tags.STRING_EXT:
      return readString(reader);
    case tags.NEW_FLOAT_EXT:
      return { kind: "float", value: reader.f64() };
    case tags.FLOAT_EXT:
      return { kind: "float", value: readTextFloat(reader) };
    case tags.SMALL_BIG_EXT:
      return readBig(reader, reader.u8());
    case tags.LARGE_BIG_EXT:
      return readBig(reader, readBigLength(reader));
    case tags.BIT_BINARY_EXT: {
      const length = reader.u32();
      const bits = readLastBits(reader, length);
      const bytes = reader.take(length);
      return bits === 8 || length === 0
        ? { kind: "binary", bytes }
        : { kind: "bitstring", bytes, bits };
    }
    default:
      return readIdentity(reader, tag);
  }
}

/** Pids, ports, references and funs. */
function readIdentity(reader: Reader, tag: number): Term {
  switch (tag) {
    case tags.NEW_PID_EXT:
    case tags.PID_EXT: {
      const node = reader.atom();
      const id = reader.u32();
      const serial = reader.u32();
      return {
        kind: "pid",
        node,
        id,
        serial,
        creation: readCreation(reader, tag === tags.PID_EXT),
      };
    }
    case tags.NEW_PORT_EXT:
    case tags.PORT_EXT: {
      const node = reader.atom();
      const id = reader.u32();
      return { kind: "port", node, id, creation: readCreation(reader, tag === tags.PORT_EXT) };
    }
    case tags.V4_PORT_EXT: {
      const node = reader.atom();
      const id = narrow(reader.u64());
      return { kind: "port", node, id, creation: reader.u32() };
    }
    case tags.REFERENCE_EXT: {
      const node = reader.atom();
      const ids = [reader.u32()];
      return { kind: "reference", node, creation: reader.u8(), ids };
    }
    case tags.NEW_REFERENCE_EXT:
    case tags.NEWER_REFERENCE_EXT: {
      const words = readReferenceLength(reader);
      const node = reader.atom();
      const creation = readCreation(reader, tag === tags.NEW_REFERENCE_EXT);
      const ids: number[] = [];
      for (let i = 0; i < words; i++) ids.push(reader.u32());
      return { kind: "reference", node, creation, ids };
    }
    case tags.EXPORT_EXT: {
      const module = reader.atom();
      const name = reader.atom();
      return { kind: "export", module, function: name, arity: readArity(reader) };
    }
    case tags.NEW_FUN_EXT: {
      const start = reader.pos - 1;
      const { module, arity, index, uniq, free } = readFunHead(reader);
      const bytes = reader.bytes.subarray(start, reader.pos);
      return { kind: "fun", module, arity, index, uniq, free, bytes };
    }
    default:
      throw reader.unknownTag(tag);
  }
}

/** Which life of a node: a byte until OTP 22, four since. */
function readCreation(reader: Reader, isOld: boolean): number {
  return isOld ? reader.u8() : reader.u32();
}

function readString(reader: Reader): ListTerm {
  const items: IntegerTerm[] = [];
  for (const byte of reader.take(reader.u16())) items.push({ kind: "integer", value: byte });
  return { kind: "list", items, tail: null };
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** Sign, then magnitude from the low byte up. */
function readBig(reader: Reader, length: number): IntegerTerm {
  const sign = readSign(reader);
  const bytes = reader.take(length);
  let hex = "";
  for (let i = bytes.length - 1; i >= 0; i--) hex += HEX[bytes[i] ?? 0] ?? "";
  const magnitude = hex === "" ? 0n : BigInt(`0x${hex}`);
  return { kind: "integer", value: narrow(sign === 1 ? -magnitude : magnitude) };
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
