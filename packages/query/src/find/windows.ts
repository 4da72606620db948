// A range in slices, early ones first; a slice that holds too much is halved until it does not.

export type Slice = { readonly from: number; readonly to: number };

/** Half open slices of whole numbers that cover `[from, to)`. */
export function slices(from: number, to: number, count: number): readonly Slice[] {
  const width = Math.max(1, Math.ceil((to - from) / Math.max(1, count)));
  const found: Slice[] = [];
  for (let at = from; at < to; at += width) found.push({ from: at, to: Math.min(to, at + width) });
  return found;
}

/** Calls `read` for each slice in order, halving those for which it answers null. */
export async function* eachSlice<T>(
  all: readonly Slice[],
  read: (slice: Slice) => Promise<T | null>,
): AsyncGenerator<{ readonly slice: Slice; readonly value: T }> {
  const pending = all.toReversed();
  for (let slice = pending.pop(); slice !== undefined; slice = pending.pop()) {
    const value = await read(slice);
    if (value !== null) {
      yield { slice, value };
      continue;
    }
    const middle = Math.floor((slice.from + slice.to) / 2);
    if (middle === slice.from)
      throw new Error(`too much was recorded at ${slice.from} ns to be read at once`);
    pending.push({ from: middle, to: slice.to }, { from: slice.from, to: middle });
  }
}
