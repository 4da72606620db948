// One record about a process, with its indexes resolved. The correlator fills the same object for each
// record of a batch; whoever has to keep one keeps a copy.

import type { Party } from "./party.ts";

export type ProcessRecord = {
  kind: number;
  flags: number;
  t: number;
  other: Party | null;
  /** number of a function, or what else the kind says */
  ref: number;
  /** the payload is `bytes[start, end)` */
  bytes: Buffer;
  start: number;
  end: number;
};

export function emptyRecord(): ProcessRecord {
  return recordOf(0, 0, Buffer.alloc(0));
}

/** One that nobody sent: `payload` is one external term. */
export function recordOf(kind: number, t: number, payload: Buffer): ProcessRecord {
  return { kind, flags: 0, t, other: null, ref: 0, bytes: payload, start: 0, end: payload.length };
}

/** Written out: a spread would give copies another hidden class than the record of a batch has. */
export function copyOf(r: ProcessRecord): ProcessRecord {
  const { kind, flags, t, other, ref } = r;
  const bytes = Buffer.from(payloadOf(r));
  return { kind, flags, t, other, ref, bytes, start: 0, end: bytes.length };
}

export function payloadOf(r: ProcessRecord): Buffer {
  return r.bytes.subarray(r.start, r.end);
}
