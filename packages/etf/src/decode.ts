// Bytes to terms. Open containers are a linked list of frames instead of the JavaScript stack, so a
// million nested lists decode; arrays grow as elements arrive, so a false length allocates nothing.
// Binaries share memory with the input.

import { assert, err, type Result } from "@elixirscope/base";
import { attempt, Malformed, type DecodeError } from "./decode-error.ts";
import { isCompressed, openExternal, type DecodeOptions } from "./inflate.ts";
import { readLeaf } from "./leaf.ts";
import { Reader } from "./reader.ts";
import * as tags from "./tags.ts";
import { readFunHead } from "./skip.ts";
import type { FunTerm, Term } from "./term.ts";

type Frame = {
  readonly kind: "list" | "tuple" | "map";
  readonly items: Term[];
  /** terms still to come; for a list the tail is one */
  remaining: number;
  readonly parent: Frame | null;
};

/** One whole external term, 131 first and nothing after. */
export function decode(bytes: Uint8Array, options: DecodeOptions = {}): Result<Term, DecodeError> {
  const result = attempt(() => {
    const reader = openExternal(bytes, options);
    const term = readTerm(reader);
    rejectTrailing(reader);
    return term;
  });
  return result.ok ? result : err(locate(bytes, result.error));
}

/** The term whose tag is at `offset` (no 131), and where it ends. */
export function decodeAt(
  bytes: Uint8Array,
  offset: number,
): Result<{ readonly term: Term; readonly end: number }, DecodeError> {
  return attempt(() => {
    const reader = new Reader(bytes, offset);
    const term = readTerm(reader);
    return { term, end: reader.pos };
  });
}

/** What a fun closes over; undefined when its bytes hold something else than they say. */
export function freeVariables(fun: FunTerm): readonly Term[] | undefined {
  const result = attempt(() => {
    const reader = new Reader(fun.bytes, 1);
    reader.pos = readFunHead(reader).variablesAt;
    const variables: Term[] = [];
    for (let i = 0; i < fun.free; i++) variables.push(readTerm(reader));
    rejectTrailing(reader);
    return variables;
  });
  return result.ok ? result.value : undefined;
}

export function rejectTrailing(reader: Reader): void {
  if (reader.remaining === 0) return;
  throw new Malformed("trailing_bytes", reader.pos, `${reader.remaining} bytes follow the term`);
}

/** Says in which bytes an offset counts. */
export function locate(bytes: Uint8Array, error: DecodeError): DecodeError {
  const outside = error.code === "bad_compression" || !isCompressed(bytes);
  return outside || (error.code === "too_large" && error.offset === 2)
    ? error
    : { ...error, compressed: true };
}

export function readTerm(reader: Reader): Term {
  let frame: Frame | null = null;
  for (;;) {
    let term = readHead(reader, frame);
    if (term === null) continue;
    if (!("remaining" in term)) {
      // a leaf
    } else if (term.remaining > 0) {
      frame = term;
      continue;
    } else {
      term = close(term);
    }
    while (frame !== null) {
      frame.items.push(term);
      frame.remaining--;
      if (frame.remaining > 0) break;
      term = close(frame);
      frame = frame.parent;
    }
    if (frame === null) return term;
  }
}

/** A leaf, a container just opened, or null when the tail of the open list went on as a list. */
function readHead(reader: Reader, frame: Frame | null): Term | Frame | null {
  const tag = reader.u8();
  switch (tag) {
    case tags.SMALL_TUPLE_EXT:
      return open("tuple", reader.u8(), reader, frame);
    case tags.LARGE_TUPLE_EXT:
      return open("tuple", reader.u32(), reader, frame);
    case tags.MAP_EXT:
      return open("map", reader.u32() * 2, reader, frame);
    case tags.LIST_EXT: {
      const length = reader.u32();
      if (frame === null || frame.kind !== "list" || frame.remaining !== 1) {
        return open("list", length + 1, reader, frame);
      }
      // No VM writes a list as the tail of a list, but it means one list.
      reader.need(length + 1);
      frame.remaining = length + 1;
      return null;
    }
    default:
      return readLeaf(reader, tag);
  }
}

function open(kind: Frame["kind"], count: number, reader: Reader, parent: Frame | null): Frame {
  reader.need(count);
  return { kind, items: [], remaining: count, parent };
}

function close(frame: Frame): Term {
  const { items } = frame;
  if (frame.kind === "tuple") return { kind: "tuple", items };
  if (frame.kind === "list") return closeList(items);
  const entries: [Term, Term][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) {
    const key = items[i];
    const value = items[i + 1];
    if (key !== undefined && value !== undefined) entries.push([key, value]);
  }
  return { kind: "map", entries };
}

function closeList(items: Term[]): Term {
  const tail = items.pop();
  assert(tail !== undefined, "a list was closed before its tail came");
  // a list of no items is its tail
  if (items.length === 0) return tail;
  if (tail.kind !== "list") return { kind: "list", items, tail };
  // empty, or the characters of a STRING_EXT: anything longer was read into this frame
  for (const item of tail.items) items.push(item);
  return { kind: "list", items, tail: tail.tail };
}
