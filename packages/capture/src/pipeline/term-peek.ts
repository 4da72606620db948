// Recognises the shape of OTP's own messages from the first bytes of an external term, without decoding.
//
// Every function takes an offset at a tag and answers an offset behind it, or -1 for "not that". Bytes
// come from the target and are not trusted: every read is bounded by `end`.

import { u32 } from "./big-endian.ts";

const ATOM = 100;
const REFERENCE = 101;
const PID = 103;
const SMALL_TUPLE = 104;
const LIST = 108;
const NEW_REFERENCE = 114;
const SMALL_ATOM = 115;
const ATOM_UTF8 = 118;
const SMALL_ATOM_UTF8 = 119;
const NEW_PID = 88;
const NEWER_REFERENCE = 90;
const VERSION = 131;

export type PeekKind = "plain" | "call" | "cast" | "tagged" | "down" | "exit";

/** What a message is by its first bytes; offsets are into the bytes looked at. */
export type Peek = {
  kind: PeekKind;
  /** call: the request's tag; tagged: the first element, which may be a reply's tag */
  tagStart: number;
  tagEnd: number;
  /** down, exit: the pid (or name) and the reason */
  pidStart: number;
  pidEnd: number;
  reasonStart: number;
};

export function newPeek(): Peek {
  return { kind: "plain", tagStart: 0, tagEnd: 0, pidStart: 0, pidEnd: 0, reasonStart: 0 };
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export const GEN_CALL: Uint8Array = ascii("$gen_call");
export const GEN_CAST: Uint8Array = ascii("$gen_cast");
const DOWN = ascii("DOWN");
const EXIT = ascii("EXIT");
const ALIAS = ascii("alias");

/** Fills `into` for the message in `bytes[start, end)`. */
export function peekMessage(bytes: Uint8Array, start: number, end: number, into: Peek): void {
  into.kind = "plain";
  if (end - start < 6 || bytes[start] !== VERSION || bytes[start + 1] !== SMALL_TUPLE) return;
  const arity = bytes[start + 2] ?? 0;
  const first = start + 3;
  if (arity === 2) peekPair(bytes, first, end, into);
  else if (arity === 3) peekTriple(bytes, first, end, into);
  else if (arity === 5) peekDown(bytes, first, end, into);
}

function peekPair(bytes: Uint8Array, first: number, end: number, into: Peek): void {
  if (atomEnd(bytes, first, end, GEN_CAST) > 0) {
    into.kind = "cast";
    return;
  }
  const tagEnd = endOfTag(bytes, first, end);
  if (tagEnd < 0) return;
  into.kind = "tagged";
  into.tagStart = first;
  into.tagEnd = tagEnd;
}

function peekTriple(bytes: Uint8Array, first: number, end: number, into: Peek): void {
  const from = atomEnd(bytes, first, end, GEN_CALL);
  if (from > 0) {
    into.kind = "call";
    into.tagStart = 0;
    into.tagEnd = 0;
    if (bytes[from] !== SMALL_TUPLE || bytes[from + 1] !== 2) return;
    const tag = endOfPid(bytes, from + 2, end);
    const tagEnd = tag < 0 ? -1 : endOfTag(bytes, tag, end);
    if (tagEnd < 0) return;
    into.tagStart = tag;
    into.tagEnd = tagEnd;
    return;
  }
  const pid = atomEnd(bytes, first, end, EXIT);
  const pidEnd = pid < 0 ? -1 : endOfPid(bytes, pid, end);
  if (pidEnd < 0) return;
  into.kind = "exit";
  into.pidStart = pid;
  into.pidEnd = pidEnd;
  into.reasonStart = pidEnd;
}

function peekDown(bytes: Uint8Array, first: number, end: number, into: Peek): void {
  const reference = atomEnd(bytes, first, end, DOWN);
  const type = reference < 0 ? -1 : endOfReference(bytes, reference, end);
  const pid = type < 0 ? -1 : endOfAtom(bytes, type, end);
  if (pid < 0) return;
  const pidEnd = endOfPid(bytes, pid, end);
  into.kind = "down";
  into.pidStart = pid;
  into.pidEnd = Math.max(pid, pidEnd);
  into.reasonStart = Math.max(pid, pidEnd);
}

/** A request's tag: a reference, or `[alias | reference]`. */
export function endOfTag(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== LIST) return endOfReference(bytes, at, end);
  if (at + 5 > end || u32(bytes, at + 1) !== 1) return -1;
  const tail = atomEnd(bytes, at + 5, end, ALIAS);
  return tail < 0 ? -1 : endOfReference(bytes, tail, end);
}

/** For a tag, where its reference begins: replies to an alias are sent to it alone. */
export function referenceInTag(bytes: Uint8Array, at: number): number {
  return bytes[at] === LIST ? at + 5 + 2 + ALIAS.length : at;
}

export function endOfReference(bytes: Uint8Array, at: number, end: number): number {
  const tag = bytes[at];
  if (tag !== NEWER_REFERENCE && tag !== NEW_REFERENCE && tag !== REFERENCE) return -1;
  if (at + 4 > end) return -1;
  if (tag === REFERENCE) return within(endOfAtom(bytes, at + 1, end), 5, end);
  const words = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  if (words > 5) return -1;
  return within(endOfAtom(bytes, at + 3, end), words * 4 + (tag === NEW_REFERENCE ? 1 : 4), end);
}

export function endOfPid(bytes: Uint8Array, at: number, end: number): number {
  const tag = bytes[at];
  if (tag === NEW_PID) return within(endOfAtom(bytes, at + 1, end), 12, end);
  if (tag === PID) return within(endOfAtom(bytes, at + 1, end), 9, end);
  return -1;
}

export function endOfAtom(bytes: Uint8Array, at: number, end: number): number {
  const tag = bytes[at];
  if (tag === SMALL_ATOM_UTF8 || tag === SMALL_ATOM)
    return within(at, 2 + (bytes[at + 1] ?? 0), end);
  if (tag !== ATOM && tag !== ATOM_UTF8) return -1;
  return within(at, 3 + (((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)), end);
}

/** Behind the atom at `at` when it is this one, in whatever form; else -1. `name`: of one-byte characters. */
export function atomEnd(bytes: Uint8Array, at: number, end: number, name: Uint8Array): number {
  const tag = bytes[at];
  let text = -1;
  if (tag === SMALL_ATOM_UTF8 || tag === SMALL_ATOM) {
    text = bytes[at + 1] === name.length ? at + 2 : -1;
  } else if (tag === ATOM || tag === ATOM_UTF8) {
    text = bytes[at + 1] === 0 && bytes[at + 2] === name.length ? at + 3 : -1;
  }
  if (text < 0 || text + name.length > end) return -1;
  for (let i = 0; i < name.length; i++) if (bytes[text + i] !== name[i]) return -1;
  return text + name.length;
}

function within(from: number, more: number, end: number): number {
  return from < 0 || from + more > end ? -1 : from + more;
}

/** Bytes that identify a pid, reference or atom; equal terms of one target have equal bytes. */
export function bytesKey(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end);
}
