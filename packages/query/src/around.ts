// The rows nearest to an instant: as many before as after it, and more of one side where the other is short.

/** `before` newest first, `after` oldest first; the result is in time order, at most `limit` long. */
export function nearest<T>(before: readonly T[], after: readonly T[], limit: number): readonly T[] {
  const half = Math.ceil(limit / 2);
  const fromBefore = Math.min(before.length, Math.max(half, limit - after.length));
  return [...before.slice(0, fromBefore).toReversed(), ...after.slice(0, limit - fromBefore)];
}
