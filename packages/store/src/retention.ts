// How long partitions are and how long they stay. Retention removes whole ones, so its limits bound
// how large and long one may be.

import type { PartSet, Rotation } from "./parts.ts";

export type Retention = {
  /** partitions that ended longer ago are removed */
  readonly maxAgeMs?: number;
  /** the oldest partitions are removed while the recording is larger */
  readonly maxBytes?: number;
};

const ROTATION: Rotation = { rows: 4_000_000, bytes: 1024 * 1024 * 1024, ageMs: null };

/** A limit is kept to about an eighth, the size of one partition. */
const PARTS_PER_LIMIT = 8;

export function rotationFor(rotation: Partial<Rotation>, retention: Retention): Rotation {
  const { maxAgeMs, maxBytes } = retention;
  const bytes = rotation.bytes ?? ROTATION.bytes;
  return {
    rows: rotation.rows ?? ROTATION.rows,
    bytes: maxBytes === undefined ? bytes : Math.min(bytes, maxBytes / PARTS_PER_LIMIT),
    ageMs: rotation.ageMs ?? (maxAgeMs === undefined ? null : maxAgeMs / PARTS_PER_LIMIT),
  };
}

/** Removes what is too old or too much, oldest first; returns how many events went. */
export async function expireParts(
  parts: PartSet,
  { maxAgeMs, maxBytes }: Retention,
): Promise<number> {
  let events = 0;
  for (;;) {
    const oldest = parts.oldest();
    if (oldest === null) return events;
    const tooOld = maxAgeMs !== undefined && Date.now() - oldest.sealedMs > maxAgeMs;
    const tooLarge = maxBytes !== undefined && parts.totalBytes > maxBytes;
    if (!tooOld && !tooLarge) return events;
    events += await parts.expire(oldest.number);
  }
}
