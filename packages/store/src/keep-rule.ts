// Which recordings of a folder a rule lets go of: those not changed for too long, then the oldest while all of them
// together are too large. Never one that is pinned or being made.

import type { ListedRecording } from "./list.ts";

/** Null: no limit. */
export type KeepRule = { readonly maxAgeMs: number | null; readonly maxBytes: number | null };

export type Expired = {
  readonly recording: ListedRecording;
  readonly why: "too_old" | "too_large";
};

export type Expiry = {
  readonly expired: readonly Expired[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
};

/** `listed`: newest first, as `listRecordings` gives them. */
export function expiry(
  listed: readonly ListedRecording[],
  { maxAgeMs, maxBytes }: KeepRule,
  nowMs: number,
): Expiry {
  const bytesBefore = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  const expired: Expired[] = [];
  let bytes = bytesBefore;
  for (const recording of listed.toReversed()) {
    if (recording.pinned || recording.manifest?.state === "recording") continue;
    const tooOld = maxAgeMs !== null && nowMs - recording.modifiedMs > maxAgeMs;
    const tooLarge = maxBytes !== null && bytes > maxBytes;
    if (!tooOld && !tooLarge) continue;
    expired.push({ recording, why: tooOld ? "too_old" : "too_large" });
    bytes -= recording.bytes;
  }
  return { expired, bytesBefore, bytesAfter: bytes };
}
