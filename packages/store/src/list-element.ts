// One element of a list in external term format, as a term of its own, found without decoding.

import { skip } from "@elixirscope/etf";

const VERSION = 131;
const SMALL_INTEGER = 97;
const STRING = 107;
const LIST = 108;

/** `list` begins with 131; `place` counts from 0. Null where the list has no such element, or is none. */
export function listElement(list: Uint8Array, place: number): Uint8Array | null {
  if (list[0] !== VERSION) return null;
  if (list[1] === STRING) return byteOf(list, place);
  if (list[1] !== LIST || list.length < 6) return null;
  const size = new DataView(list.buffer, list.byteOffset, list.length).getUint32(2);
  if (place >= size) return null;
  let at = 6;
  for (let i = 0; i < place; i += 1) {
    const end = skip(list, at);
    if (!end.ok) return null;
    at = end.value;
  }
  const end = skip(list, at);
  if (!end.ok) return null;
  const element = new Uint8Array(1 + end.value - at);
  element[0] = VERSION;
  element.set(list.subarray(at, end.value), 1);
  return element;
}

/** Lists of small integers are written as text. */
function byteOf(list: Uint8Array, place: number): Uint8Array | null {
  const size = ((list[2] ?? 0) << 8) | (list[3] ?? 0);
  const byte = list[4 + place];
  if (place >= size || byte === undefined) return null;
  return Uint8Array.of(VERSION, SMALL_INTEGER, byte);
}
