// A range in slices, early ones first; a slice that holds too much is divided until it does not.

export type Slice = { readonly from: number; readonly to: number };

/** Half open slices of whole numbers that cover `[from, to)`. */
export function slices(from: number, to: number, count: number): readonly Slice[] {
  const width = Math.max(1, Math.ceil((to - from) / Math.max(1, count)));
  const found: Slice[] = [];
  for (let at = from; at < to; at += width) found.push({ from: at, to: Math.min(to, at + width) });
  return found;
}

/** Parts into which a slice that holds `rows` is to be divided; 1: it can be read. An instant is never divided. */
export function partsOf({ from, to }: Slice, rows: number, most: number): number {
  return Math.min(to - from, Math.max(1, Math.ceil(rows / most)));
}

/** Reads each slice in order, dividing those of which `countOf` says that they hold too much. */
export async function* eachSlice<T>(
  all: readonly Slice[],
  countOf: (slice: Slice) => Promise<number>,
  most: number,
  read: (slice: Slice) => Promise<T>,
): AsyncGenerator<{ readonly slice: Slice; readonly value: T }> {
  const pending = all.toReversed();
  for (let slice = pending.pop(); slice !== undefined; slice = pending.pop()) {
    const parts = partsOf(slice, await countOf(slice), most);
    if (parts > 1) pending.push(...slices(slice.from, slice.to, parts).toReversed());
    else yield { slice, value: await read(slice) };
  }
}
