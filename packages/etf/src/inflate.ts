// External terms from the outside in: the version byte, and the compressed form as term_to_binary/2 makes it.

import { inflateSync } from "node:zlib";
import { Malformed } from "./decode-error.ts";
import { Reader } from "./reader.ts";
import { COMPRESSED, VERSION_MAGIC } from "./tags.ts";

export type DecodeOptions = {
  /** most bytes that a compressed term may inflate to; 64 MiB unless told */
  readonly maxBytes?: number;
};

const DEFAULT_MAX_BYTES = 67_108_864;

/** A reader at the tag of the term in a whole external term; inflated when it is compressed. */
export function openExternal(bytes: Uint8Array, options: DecodeOptions): Reader {
  const reader = new Reader(bytes, 0);
  const version = reader.u8();
  if (version !== VERSION_MAGIC) {
    throw new Malformed("not_external_term", 0, `the first byte is ${version} instead of 131`);
  }
  if (bytes[1] !== COMPRESSED) return reader;
  reader.pos = 2;
  const size = reader.u32();
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  if (size > maxBytes) {
    throw new Malformed("too_large", 2, `inflates to ${size} bytes, more than ${maxBytes} allowed`);
  }
  return new Reader(inflate(reader.take(reader.remaining), size), 0);
}

/** Is the term that begins with these bytes compressed? Then offsets count inflated bytes. */
export function isCompressed(bytes: Uint8Array): boolean {
  return bytes[0] === VERSION_MAGIC && bytes[1] === COMPRESSED;
}

function inflate(packed: Uint8Array, size: number): Uint8Array {
  let plain: Uint8Array;
  try {
    // zlib grows its output as it comes, so a false size allocates nothing.
    plain = inflateSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Malformed("bad_compression", 6, `the compressed part does not inflate: ${reason}`);
  }
  if (plain.length === size) return plain;
  throw new Malformed("bad_compression", 2, `inflates to ${plain.length} bytes, not ${size}`);
}
