// `list.push(...items)` lays every item on the call stack: from some 120,000 on it throws.

const CHUNK = 10_000;

/** Appends the items in order, however many; a list may be appended to itself. */
export function pushAll<T>(list: T[], items: readonly T[]): void {
  const { length } = items;
  if (length <= CHUNK) {
    list.push(...items);
    return;
  }
  for (let at = 0; at < length; at += CHUNK) {
    list.push(...items.slice(at, Math.min(at + CHUNK, length)));
  }
}
