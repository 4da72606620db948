// Terms to bytes, in the tags that OTP 25 and later write (it reads older ones, so do we). What is
// still to be written is a stack of our own, so nesting has no limit.

import { assert, assertNever } from "@elixirscope/base";
import { ByteWriter } from "./byte-writer.ts";
import * as tags from "./tags.ts";
import type { ListTerm, MapTerm, PortTerm, Term } from "./term.ts";

const NIL: Term = { kind: "list", items: [], tail: null };

/** The whole external term, 131 first. */
export function encode(term: Term): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(tags.VERSION_MAGIC);
  encodeTo(writer, term);
  return writer.result();
}

/** The term from its tag on: distribution frames and terms inside terms have their own 131. */
export function encodeTo(writer: ByteWriter, term: Term): void {
  const todo: Term[] = [term];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) writeHead(writer, next, todo);
}

function writeHead(writer: ByteWriter, term: Term, todo: Term[]): void {
  switch (term.kind) {
    case "integer":
      writeInteger(writer, term.value);
      return;
    case "float":
      writer.u8(tags.NEW_FLOAT_EXT);
      writer.f64(term.value);
      return;
    case "atom":
      writeAtom(writer, term.name);
      return;
    case "binary":
      writer.u8(tags.BINARY_EXT);
      writer.u32(term.bytes.length);
      writer.bytes(term.bytes);
      return;
    case "bitstring":
      writer.u8(tags.BIT_BINARY_EXT);
      writer.u32(term.bytes.length);
      writer.u8(term.bits);
      writer.bytes(term.bytes);
      return;
    case "list":
      writeList(writer, term, todo);
      return;
    case "tuple":
      writeArity(writer, term.items.length);
      pushReversed(todo, term.items);
      return;
    case "map":
      writeMap(writer, term, todo);
      return;
    case "pid":
      writer.u8(tags.NEW_PID_EXT);
      writeAtom(writer, term.node);
      writer.u32(term.id);
      writer.u32(term.serial);
      writer.u32(term.creation);
      return;
    case "port":
      writePort(writer, term);
      return;
    case "reference":
      writer.u8(tags.NEWER_REFERENCE_EXT);
      writer.u16(term.ids.length);
      writeAtom(writer, term.node);
      writer.u32(term.creation);
      for (const id of term.ids) writer.u32(id);
      return;
    case "export":
      writer.u8(tags.EXPORT_EXT);
      writeAtom(writer, term.module);
      writeAtom(writer, term.function);
      writer.u8(tags.SMALL_INTEGER_EXT);
      writer.u8(term.arity);
      return;
    case "fun":
      writer.bytes(term.bytes);
      return;
    default:
      assertNever(term);
  }
}

function writeInteger(writer: ByteWriter, value: number | bigint): void {
  if (typeof value === "number") {
    assert(Number.isSafeInteger(value), `${value} is no integer`);
    if (value >= 0 && value <= 255) {
      writer.u8(tags.SMALL_INTEGER_EXT);
      writer.u8(value);
      return;
    }
    if (value >= -0x8000_0000 && value <= 0x7fff_ffff) {
      writer.u8(tags.INTEGER_EXT);
      writer.i32(value);
      return;
    }
  }
  writeBig(writer, BigInt(value));
}

function writeBig(writer: ByteWriter, value: bigint): void {
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  const length = hex.length / 2;
  if (length <= 255) {
    writer.u8(tags.SMALL_BIG_EXT);
    writer.u8(length);
  } else {
    writer.u8(tags.LARGE_BIG_EXT);
    writer.u32(length);
  }
  writer.u8(value < 0n ? 1 : 0);
  for (let i = hex.length - 2; i >= 0; i -= 2) writer.u8(Number.parseInt(hex.slice(i, i + 2), 16));
}

const utf8 = new TextEncoder();

function writeAtom(writer: ByteWriter, name: string): void {
  if (name.length <= 255 && isAscii(name)) {
    writer.u8(tags.SMALL_ATOM_UTF8_EXT);
    writer.u8(name.length);
    writer.ascii(name);
    return;
  }
  const bytes = utf8.encode(name);
  if (bytes.length <= 255) {
    writer.u8(tags.SMALL_ATOM_UTF8_EXT);
    writer.u8(bytes.length);
  } else {
    assert(bytes.length <= 65_535, "an atom has at most 255 characters");
    writer.u8(tags.ATOM_UTF8_EXT);
    writer.u16(bytes.length);
  }
  writer.bytes(bytes);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

function writeList(writer: ByteWriter, list: ListTerm, todo: Term[]): void {
  const { items, tail } = list;
  if (items.length === 0) {
    if (tail === null) writer.u8(tags.NIL_EXT);
    else todo.push(tail);
    return;
  }
  if (tail === null && items.length <= 65_535 && items.every(isByte)) {
    writer.u8(tags.STRING_EXT);
    writer.u16(items.length);
    for (const item of items) writer.u8(item.kind === "integer" ? Number(item.value) : 0);
    return;
  }
  writer.u8(tags.LIST_EXT);
  writer.u32(items.length);
  todo.push(tail ?? NIL);
  pushReversed(todo, items);
}

function isByte(term: Term): boolean {
  if (term.kind !== "integer" || typeof term.value !== "number") return false;
  return term.value >= 0 && term.value <= 255;
}

function writeArity(writer: ByteWriter, arity: number): void {
  if (arity <= 255) {
    writer.u8(tags.SMALL_TUPLE_EXT);
    writer.u8(arity);
  } else {
    writer.u8(tags.LARGE_TUPLE_EXT);
    writer.u32(arity);
  }
}

function writeMap(writer: ByteWriter, map: MapTerm, todo: Term[]): void {
  writer.u8(tags.MAP_EXT);
  writer.u32(map.entries.length);
  for (let i = map.entries.length - 1; i >= 0; i--) {
    const entry = map.entries[i];
    if (entry !== undefined) todo.push(entry[1], entry[0]);
  }
}

/** The small form while it fits: nodes before OTP 24 read no other. */
function writePort(writer: ByteWriter, port: PortTerm): void {
  const { id } = port;
  if (typeof id === "number" && id < 0x1000_0000) {
    writer.u8(tags.NEW_PORT_EXT);
    writeAtom(writer, port.node);
    writer.u32(id);
  } else {
    writer.u8(tags.V4_PORT_EXT);
    writeAtom(writer, port.node);
    writer.u64(BigInt(id));
  }
  writer.u32(port.creation);
}

function pushReversed(todo: Term[], items: readonly Term[]): void {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item !== undefined) todo.push(item);
  }
}
