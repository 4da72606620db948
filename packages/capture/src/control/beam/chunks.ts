// The container of a `.beam` file: named chunks, gzipped as a whole when the file was stripped.

import { gunzipSync } from "node:zlib";

export type BeamChunks = ReadonlyMap<string, Uint8Array>;

/** What is wrong with a file that should be a module; thrown inside, a Result outside. */
export class BeamFault extends Error {}

/** Larger is no module (the largest of OTP is 5 MB), and could be a gzip bomb. */
const MAX_MODULE_BYTES = 64 * 1024 * 1024;

export function readChunks(file: Uint8Array): BeamChunks {
  const bytes =
    file[0] === 0x1f && file[1] === 0x8b
      ? gunzipSync(file, { maxOutputLength: MAX_MODULE_BYTES })
      : file;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || name(bytes, 0) !== "FOR1" || name(bytes, 8) !== "BEAM") {
    throw new BeamFault("this is no .beam file");
  }
  const chunks = new Map<string, Uint8Array>();
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const size = data.getUint32(offset + 4);
    const start = offset + 8;
    if (start + size > bytes.length) throw new BeamFault(`chunk ${name(bytes, offset)} is cut off`);
    chunks.set(name(bytes, offset), bytes.subarray(start, start + size));
    offset = start + Math.ceil(size / 4) * 4;
  }
  return chunks;
}

function name(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}
