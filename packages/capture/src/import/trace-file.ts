// Reads what `dbg:trace_port(file, …)` writes (runtime_tools, trace_file_drv.c): records of `u8 op, u32 size`, where
// op 0 has a trace message of so many bytes in the external term format, and op 1 says instead how many messages were
// dropped. All integers are big-endian. The file is read a piece at a time.

import { open } from "node:fs/promises";
import { messageOf } from "@elixirscope/base";
import { u32 } from "../pipeline/big-endian.ts";
import { ImportError, type TraceFault } from "./trace-error.ts";

export type RawRecord =
  | { readonly kind: "message"; readonly bytes: Buffer; readonly offset: number }
  | { readonly kind: "dropped"; readonly count: number; readonly offset: number };

export type TracePiece = {
  readonly records: readonly RawRecord[];
  /** bytes of the file that are read, of all */
  readonly done: number;
  readonly total: number;
  /** the last piece of a file that cannot be read to its end */
  readonly fault: TraceFault | null;
};

const HEADER_BYTES = 5;
const OP_MESSAGE = 0;
const OP_DROPPED = 1;
const PIECE_BYTES = 1_048_576;
/** No VM is known to trace a larger term; a longer one is a damaged length. */
const MAX_MESSAGE_BYTES = 268_435_456;

/** Records stay valid: their bytes are not written again. */
export async function* tracePieces(file: string): AsyncGenerator<TracePiece> {
  const input = await open(file, "r").catch((cause: unknown) => {
    throw new ImportError("unreadable", `cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  try {
    const { size: total } = await input.stat();
    let pending: Buffer = Buffer.alloc(0);
    let offset = 0;
    while (offset + pending.length < total) {
      const wanted = Math.max(PIECE_BYTES, missingBytes(pending));
      const bytes = Buffer.allocUnsafe(pending.length + wanted);
      pending.copy(bytes);
      const { bytesRead } = await input.read(
        bytes,
        pending.length,
        wanted,
        offset + pending.length,
      );
      if (bytesRead === 0) break;
      const filled = bytes.subarray(0, pending.length + bytesRead);
      const { records, end, problem } = recordsIn(filled, offset);
      offset += end;
      pending = filled.subarray(end);
      const isLast = offset + pending.length >= total;
      const message =
        problem ?? (isLast && pending.length > 0 ? "the last record is cut off" : null);
      const fault = message === null ? null : { file, offset, message };
      yield { records, done: fault === null ? offset : total, total, fault };
      if (fault !== null) return;
    }
  } finally {
    await input.close();
  }
}

/** Of the record that begins here. */
function missingBytes(pending: Buffer): number {
  if (pending.length < HEADER_BYTES || pending[0] !== OP_MESSAGE) return 0;
  return HEADER_BYTES + u32(pending, 1) - pending.length;
}

type Found = {
  readonly records: readonly RawRecord[];
  /** what follows is no whole record */
  readonly end: number;
  readonly problem: string | null;
};

function recordsIn(bytes: Buffer, offset: number): Found {
  const records: RawRecord[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const op = bytes[at];
    const size = u32(bytes, at + 1);
    if (op === OP_DROPPED) {
      records.push({ kind: "dropped", count: size, offset: offset + at });
      at += HEADER_BYTES;
      continue;
    }
    const problem = op === OP_MESSAGE ? lengthProblem(size) : `${String(op)} begins no record`;
    if (problem !== null) return { records, end: at, problem };
    const end = at + HEADER_BYTES + size;
    if (end > bytes.length) break;
    const message = bytes.subarray(at + HEADER_BYTES, end);
    records.push({ kind: "message", bytes: message, offset: offset + at });
    at = end;
  }
  return { records, end: at, problem: null };
}

function lengthProblem(size: number): string | null {
  return size > MAX_MESSAGE_BYTES ? `a record of ${size} bytes is impossible` : null;
}
