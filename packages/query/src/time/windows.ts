// Windows of time that grow, the nearest first. DuckDB skips what lies outside of a window, but reads a
// table from its beginning for "the latest before": a few windows find it a hundred times faster.

import type { Direction } from "@elixirscope/wire";

/** Closed on both sides. */
export type Window = { readonly from: number; readonly to: number };

const FIRST_NS = 20_000_000;
/** A window more is a query more; one of a second is read in a millisecond. */
const GROWTH = 64;

/** From `t` on, or back, to `end`; they do not overlap. */
export function* growingWindows(
  t: number,
  direction: Direction,
  end: number,
  first: number = FIRST_NS,
): Generator<Window> {
  let width = first;
  if (direction === "next") {
    for (let from = t; from <= end; width *= GROWTH) {
      const to = Math.min(end, from + width);
      yield { from, to };
      from = to + 1;
    }
    return;
  }
  for (let to = t; to >= end; width *= GROWTH) {
    const from = Math.max(end, to - width);
    yield { from, to };
    to = from - 1;
  }
}

/** The earliest from `t` to `end`, in order, as many as `limit`; `read` gives those of one window so. */
export async function earliestFrom<T>(
  t: number,
  limit: number,
  read: (window: Window, limit: number) => Promise<readonly T[]>,
  end: number,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const window of growingWindows(t, "next", end)) {
    found.push(...(await read(window, limit - found.length)));
    if (found.length >= limit) break;
  }
  return found;
}

/** The latest up to `t`, newest first, as many as `limit`; `read` gives those of one window so. */
export async function latestUpTo<T>(
  t: number,
  limit: number,
  read: (window: Window, limit: number) => Promise<readonly T[]>,
  beginning = 0,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const window of growingWindows(t, "previous", beginning)) {
    found.push(...(await read(window, limit - found.length)));
    if (found.length >= limit) break;
  }
  return found;
}
