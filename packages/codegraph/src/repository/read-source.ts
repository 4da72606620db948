// Bytes of a file that may be anything: opened so that no pipe and no device holds up a thread that
// cannot be ended while it waits for the system, and never read beyond a limit.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

const PIECE_BYTES = 64 * 1024;

/** A pipe without a writer, or the kernel's log, gives an error with O_NONBLOCK instead of waiting. */
export const OPEN_FLAGS: number = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Hands over what is in a regular file, piece by piece, until `take` answers false; a piece is valid during
 * the call. Throws the system's error.
 */
export function readPieces(absolute: string, take: (piece: Uint8Array) => boolean): void {
  const handle = openSync(absolute, OPEN_FLAGS);
  try {
    const found = fstatSync(handle);
    if (!found.isFile()) throw new Error("it is neither a file nor a folder");
    const buffer = new Uint8Array(Math.min(1024 * 1024, Math.max(PIECE_BYTES, found.size + 1)));
    for (;;) {
      const bytes = readSync(handle, buffer);
      if (bytes === 0 || !take(buffer.subarray(0, bytes))) return;
    }
  } finally {
    closeSync(handle);
  }
}

/** The whole file, or null when it has more than `mostBytes`. Throws the system's error. */
export function readBounded(absolute: string, mostBytes: number): Uint8Array | null {
  const pieces: Uint8Array[] = [];
  let size = 0;
  readPieces(absolute, (piece) => {
    size += piece.length;
    pieces.push(piece.slice());
    return size <= mostBytes;
  });
  return size > mostBytes ? null : Buffer.concat(pieces, size);
}
