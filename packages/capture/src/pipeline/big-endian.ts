// Numbers of the wire, read without a DataView: on the ingest path one per frame would cost more than the bytes.

/** Bytes that are missing count as 255, so that a length behind the end is never a small one. */
export function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0xff) << 24) |
      ((bytes[at + 1] ?? 0xff) << 16) |
      ((bytes[at + 2] ?? 0xff) << 8) |
      (bytes[at + 3] ?? 0xff)) >>>
    0
  );
}

export function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) * 0x1_0000_0000 + u32(bytes, at + 4);
}
