// The `.ti` file that ttb writes beside a trace: which node it is of, what its processes are. Terms one after
// another, each after its size in one byte; a longer one follows a term `{'$size', Bytes}` (observer, ttb.erl).

import { readFile } from "node:fs/promises";
import { traceName } from "./wrap-set.ts";
import { atomAt, termAt, tupleAt, type Span } from "./trace-message.ts";

export type TraceInfo = {
  readonly node: string | null;
  readonly bytes: Buffer;
  readonly processes: readonly KnownProcess[];
};

/** Places in the file: the pid, and its registered name or `{M, F, Arity}` that it began with. */
export type KnownProcess = { readonly pid: Span; readonly what: Span };

/** Of `trace`; empty where there is no such file. What is damaged in it is left out. */
export async function readTraceInfo(trace: string): Promise<TraceInfo> {
  const bytes = await readFile(`${traceName(trace)}.ti`).catch(() => Buffer.alloc(0));
  let node: string | null = null;
  const processes: KnownProcess[] = [];
  for (const start of termsIn(bytes)) {
    const [key, value] = tupleAt(bytes, start) ?? [];
    if (key === undefined || value === undefined) continue;
    const name = atomAt(bytes, key);
    if (name === "node") node = atomAt(bytes, value);
    if (name !== "pid") continue;
    const [pid, what] = tupleAt(bytes, value.start) ?? [];
    if (pid !== undefined && what !== undefined) processes.push({ pid, what });
  }
  return { node, bytes, processes };
}

/** Where the terms begin, after their leading 131. */
function* termsIn(bytes: Buffer): Generator<number> {
  let size = 0;
  for (let at = 0; at < bytes.length;) {
    const start = size > 0 ? at : at + 1;
    const end = start + (size > 0 ? size : (bytes[at] ?? 0));
    if (end > bytes.length || end === start) return;
    size = announcedSize(bytes, start + 1);
    if (size === 0) yield start + 1;
    at = end;
  }
}

function announcedSize(bytes: Buffer, at: number): number {
  const [tag, size] = tupleAt(bytes, at) ?? [];
  if (tag === undefined || size === undefined || atomAt(bytes, tag) !== "$size") return 0;
  const bytesOfNext = termAt(bytes, size);
  return bytesOfNext?.kind === "integer" ? Number(bytesOfNext.value) : 0;
}
