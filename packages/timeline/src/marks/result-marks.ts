// Instants that the user asked for, such as the rows of a query: sorted once by process, so that a frame costs
// what is in sight, and at most one step per pixel.

import { tOf, xOf, type TimeScale } from "../scale.ts";

export type ResultMarks = {
  /** what they are, for the legend */
  readonly label: string;
  readonly count: number;
  /** all of them, ascending */
  readonly all: Float64Array;
  readonly byPid: ReadonlyMap<string, Float64Array>;
  /** of no process: they go through all lanes */
  readonly common: Float64Array;
};

export type ResultMark = { readonly t: number; readonly pid: string | null };

export function resultMarks(label: string, marks: readonly ResultMark[]): ResultMarks {
  const byPid = new Map<string, number[]>();
  const common: number[] = [];
  for (const { t, pid } of marks) {
    if (pid === null) {
      common.push(t);
      continue;
    }
    const own = byPid.get(pid);
    if (own === undefined) byPid.set(pid, [t]);
    else own.push(t);
  }
  return {
    label,
    count: marks.length,
    all: sorted(marks.map(({ t }) => t)),
    byPid: new Map([...byPid].map(([pid, times]) => [pid, sorted(times)])),
    common: sorted(common),
  };
}

function sorted(times: readonly number[]): Float64Array {
  return Float64Array.from(times).toSorted();
}

/** Each pixel with a time in it, once. */
export function* markedPixels(times: Float64Array, scale: TimeScale): Generator<number> {
  let i = firstAtOrAfter(times, scale.t0);
  let last = Number.NEGATIVE_INFINITY;
  while (i < times.length) {
    const t = times[i] ?? scale.t1;
    if (t > scale.t1) return;
    const x = Math.floor(xOf(scale, t));
    // what begins a pixel may be rounded into the one before
    if (x !== last) yield x;
    last = x;
    i = Math.max(i + 1, firstAtOrAfter(times, tOf(scale, x + 1)));
  }
}

export function firstAtOrAfter(times: Float64Array, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}
