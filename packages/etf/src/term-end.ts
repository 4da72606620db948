// Finds the end of a term as fast as bytes can be passed over: for whoever steps through many small
// terms. It checks bounds and tags, not what is inside leaves; `skip` is the strict one.

import { skip } from "./skip.ts";
import * as tags from "./tags.ts";

/** Offset just after the term whose tag is at `at`; -1 where `bytes[at, end)` holds no whole term. */
export function termEnd(bytes: Uint8Array, at: number, end: number): number {
  let pos = at;
  let pending = 1;
  while (pending > 0) {
    // Every term takes a byte: a count that cannot fit ends here.
    if (pending > end - pos) return -1;
    pending -= 1;
    switch (byteAt(bytes, pos)) {
      case tags.SMALL_INTEGER_EXT:
        pos += 2;
        break;
      case tags.INTEGER_EXT:
        pos += 5;
        break;
      case tags.SMALL_ATOM_UTF8_EXT:
      case tags.SMALL_ATOM_EXT:
        pos += 2 + byteAt(bytes, pos + 1);
        break;
      case tags.ATOM_UTF8_EXT:
      case tags.ATOM_EXT:
      case tags.STRING_EXT:
        pos += 3 + byteAt(bytes, pos + 1) * 256 + byteAt(bytes, pos + 2);
        break;
      case tags.BINARY_EXT:
        pos += 5 + u32At(bytes, pos + 1);
        break;
      case tags.NIL_EXT:
        pos += 1;
        break;
      case tags.SMALL_TUPLE_EXT:
        pending += byteAt(bytes, pos + 1);
        pos += 2;
        break;
      case tags.LIST_EXT:
        pending += u32At(bytes, pos + 1) + 1;
        pos += 5;
        break;
      case tags.MAP_EXT:
        pending += u32At(bytes, pos + 1) * 2;
        pos += 5;
        break;
      case tags.LARGE_TUPLE_EXT:
        pending += u32At(bytes, pos + 1);
        pos += 5;
        break;
      case tags.NEW_FLOAT_EXT:
        pos += 9;
        break;
      case tags.SMALL_BIG_EXT:
        pos += 3 + byteAt(bytes, pos + 1);
        break;
      default: {
        const next = skip(bytes, pos);
        if (!next.ok) return -1;
        pos = next.value;
      }
    }
    if (pos > end) return -1;
  }
  return pos;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function u32At(bytes: Uint8Array, at: number): number {
  return (
    (byteAt(bytes, at) * 0x100 + byteAt(bytes, at + 1)) * 0x1_0000 +
    byteAt(bytes, at + 2) * 0x100 +
    byteAt(bytes, at + 3)
  );
}
