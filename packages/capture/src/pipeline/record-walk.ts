// Walks the records of a batch without looking into payloads: the one check of bounds that everything
// behind it relies on. 5 ns per record, so the ingest worker can afford it for every byte that comes in.

import { err, ok, type Result } from "@elixirscope/base";
import { RECORD, RECORD_HEADER_BYTES } from "@elixirscope/trace";
import { u32 } from "./big-endian.ts";
import { capturedCount } from "./captured-reader.ts";

export type BatchFault = {
  readonly code: "truncated_record" | "unknown_kind" | "malformed_events";
  readonly offset: number;
};

const LAST_KIND = RECORD.TEST;

/** 1 for records that become a row of `events`. */
const IS_EVENT: Uint8Array = new Uint8Array(LAST_KIND + 1).fill(1);
for (const kind of [
  0,
  RECORD.PROCESS,
  RECORD.GAP,
  RECORD.METRIC,
  RECORD.CLOCK,
  RECORD.DEF_PID,
  RECORD.DEF_MFA,
  RECORD.EVENTS,
  RECORD.TEST,
]) {
  IS_EVENT[kind] = 0;
}

/** Number of events in the records of `bytes[start, end)`, or where they stop making sense. */
export function countEvents(
  bytes: Uint8Array,
  start: number,
  end: number,
): Result<number, BatchFault> {
  let events = 0;
  let at = start;
  while (at < end) {
    const kind = bytes[at] ?? 0;
    if (kind === 0 || kind > LAST_KIND) return err({ code: "unknown_kind", offset: at - start });
    const next = recordEnd(bytes, at);
    if (next > end) return err({ code: "truncated_record", offset: at - start });
    if (kind === RECORD.EVENTS) {
      const captured = capturedCount(bytes, at + RECORD_HEADER_BYTES, next);
      if (captured < 0) return err({ code: "malformed_events", offset: at - start });
      events += captured;
    }
    events += IS_EVENT[kind] ?? 0;
    at = next;
  }
  return ok(events);
}

/** Where the record at `at` ends; beyond the bytes when it is cut off. */
export function recordEnd(bytes: Uint8Array, at: number): number {
  return at + RECORD_HEADER_BYTES + u32(bytes, at + RECORD_HEADER_BYTES - 4);
}

/** Records that a reader needs even when their frame was dropped, in the order in which they came. */
export function essentialRecords(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
  const parts: Uint8Array[] = [];
  for (let at = start; at < end;) {
    const next = recordEnd(bytes, at);
    const kind = bytes[at] ?? 0;
    if (ESSENTIAL.has(kind)) parts.push(bytes.subarray(at, next));
    at = next;
  }
  return parts.length === 0 ? null : Buffer.concat(parts);
}

const ESSENTIAL: ReadonlySet<number> = new Set([
  RECORD.DEF_PID,
  RECORD.DEF_MFA,
  RECORD.GAP,
  RECORD.MODULE,
  RECORD.PROCESS,
  RECORD.CLOCK,
  RECORD.TEST,
]);
