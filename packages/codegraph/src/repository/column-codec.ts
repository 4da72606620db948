// Lists of like objects as bytes, a column at a time: keys are said once, texts that repeat are kept once,
// numbers as differences to the one before. The graphs of Elixir's source take a tenth of their JSON.
//
// Any data that JSON can say survives; what is not uniform is kept as JSON.

import { assert } from "@elixirscope/base";
import { ByteReader, ByteWriter } from "./byte-codec.ts";

const INTEGERS = 0;
/** codes into the texts, 0 is null */
const TEXTS = 1;
/** lengths, 0 is null, 1 an empty list */
const LISTS = 2;
const OBJECTS = 3;
const JSON_TEXT = 4;

/** Objects inside lists inside objects …: deeper than this they are kept as JSON. */
const MAX_DEPTH = 8;

/** Doubled, as the sign takes a bit, they stay exact. */
const MAX_INTEGER = 2 ** 51;

export function encodeValues(values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const body = new ByteWriter();
  const texts = new TextTable();
  writeColumn(body, values, texts, 0);
  const out = new ByteWriter();
  texts.write(out);
  out.bytes(body.written);
  return out.written;
}

export function decodeValues(bytes: Uint8Array): unknown[] {
  const reader = new ByteReader(bytes);
  const texts: (string | null)[] = [null];
  let previous = "";
  for (let left = reader.natural(); left > 0; left -= 1) {
    previous = previous.slice(0, reader.natural()) + reader.text();
    texts.push(previous);
  }
  return readColumn(reader, texts);
}

/** Each distinct text once; of one that begins like the one before it only the rest is written. */
class TextTable {
  readonly #codes = new Map<string, number>();
  readonly #texts: string[] = [];

  codeOf(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#texts.push(text);
      this.#codes.set(text, code);
    }
    return code;
  }

  write(out: ByteWriter): void {
    out.natural(this.#texts.length);
    let previous = "";
    for (const text of this.#texts) {
      const most = Math.min(text.length, previous.length);
      let shared = 0;
      while (shared < most && text.charCodeAt(shared) === previous.charCodeAt(shared)) shared += 1;
      out.natural(shared);
      out.text(text.slice(shared));
      previous = text;
    }
  }
}

function writeColumn(
  out: ByteWriter,
  values: readonly unknown[],
  texts: TextTable,
  depth: number,
): void {
  if (areIntegers(values)) {
    out.natural(INTEGERS);
    out.integers(values);
  } else if (areTexts(values)) {
    out.natural(TEXTS);
    out.integers(values.map((text) => (text === null ? 0 : texts.codeOf(text))));
  } else if (depth < MAX_DEPTH && areLists(values)) {
    out.natural(LISTS);
    out.integers(values.map((list) => (list === null ? 0 : list.length + 1)));
    writeColumn(
      out,
      values.flatMap((list) => list ?? []),
      texts,
      depth + 1,
    );
  } else {
    const keys = depth < MAX_DEPTH ? commonKeys(values) : null;
    if (keys === null) {
      out.natural(JSON_TEXT);
      out.text(JSON.stringify(values));
      return;
    }
    out.natural(OBJECTS);
    out.natural(values.length);
    out.integers(keys.map((key) => texts.codeOf(key)));
    for (const key of keys) writeColumn(out, columnOf(values, key), texts, depth + 1);
  }
}

function areIntegers(values: readonly unknown[]): values is readonly number[] {
  for (const value of values) {
    if (typeof value !== "number" || !Number.isInteger(value)) return false;
    if (value > MAX_INTEGER || value < -MAX_INTEGER || Object.is(value, -0)) return false;
  }
  return true;
}

function areTexts(values: readonly unknown[]): values is readonly (string | null)[] {
  for (const value of values) if (value !== null && typeof value !== "string") return false;
  return true;
}

function areLists(values: readonly unknown[]): values is readonly (readonly unknown[] | null)[] {
  for (const value of values) if (value !== null && !Array.isArray(value)) return false;
  return true;
}

/** Null unless all are objects with the same keys in the same order. */
function commonKeys(values: readonly unknown[]): readonly string[] | null {
  const [first] = values;
  if (!isObject(first)) return null;
  const keys = Object.keys(first);
  for (const value of values) {
    if (!isObject(value)) return null;
    let i = 0;
    for (const key in value) {
      if (key !== keys[i]) return null;
      i += 1;
    }
    if (i !== keys.length) return null;
  }
  return keys;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function columnOf(values: readonly unknown[], key: string): unknown[] {
  return values.map((value) => (isObject(value) ? value[key] : undefined));
}

function readColumn(reader: ByteReader, texts: readonly (string | null)[]): unknown[] {
  const kind = reader.natural();
  switch (kind) {
    case INTEGERS:
      return reader.integers();
    case TEXTS:
      return reader.integers().map((code) => texts[code] ?? null);
    case LISTS: {
      const lengths = reader.integers();
      const items = readColumn(reader, texts);
      let at = 0;
      return lengths.map((length) => {
        if (length === 0) return null;
        at += length - 1;
        return items.slice(at - length + 1, at);
      });
    }
    case OBJECTS: {
      const rows = Array.from({ length: reader.natural() }, (): Record<string, unknown> => ({}));
      for (const code of reader.integers()) {
        const key = texts[code] ?? "";
        const column = readColumn(reader, texts);
        for (const [row, object] of rows.entries()) object[key] = column[row];
      }
      return rows;
    }
    default: {
      assert(kind === JSON_TEXT, "bytes that encodeValues wrote");
      const values: unknown = JSON.parse(reader.text());
      assert(Array.isArray(values), "a column is a list");
      return values;
    }
  }
}
