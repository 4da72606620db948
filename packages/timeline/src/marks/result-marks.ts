// Instants that the user asked for, such as the rows of a query: sorted once by process, so that a frame costs
// what is in sight, and at most one step per pixel. Each still knows the row that it was made of.

import { tOf, xOf, type TimeScale } from "../scale.ts";

export type ResultMark = {
  readonly t: number;
  readonly pid: string | null;
  /** the event that happened then; null: the row names none */
  readonly event: number | null;
  /** which row of the result, from 0 */
  readonly row: number;
};

/** In the order of time; the same index in both. */
export type MarkColumn = {
  readonly times: Float64Array;
  readonly marks: readonly ResultMark[];
};

export type ResultMarks = {
  /** what they are, for the legend */
  readonly label: string;
  readonly count: number;
  readonly all: MarkColumn;
  readonly byPid: ReadonlyMap<string, MarkColumn>;
  /** of no process: they go through all lanes */
  readonly common: MarkColumn;
  /** what else the row has, in words */
  readonly tell: (row: number) => string;
};

export function resultMarks(
  label: string,
  marks: readonly ResultMark[],
  tell: ResultMarks["tell"],
): ResultMarks {
  const sorted = marks.toSorted((a, b) => a.t - b.t);
  const byPid = new Map<string, ResultMark[]>();
  for (const mark of sorted) {
    if (mark.pid === null) continue;
    const own = byPid.get(mark.pid);
    if (own === undefined) byPid.set(mark.pid, [mark]);
    else own.push(mark);
  }
  return {
    label,
    count: marks.length,
    all: columnOf(sorted),
    byPid: new Map([...byPid].map(([pid, own]) => [pid, columnOf(own)])),
    common: columnOf(sorted.filter(({ pid }) => pid === null)),
    tell,
  };
}

function columnOf(marks: readonly ResultMark[]): MarkColumn {
  return { times: Float64Array.from(marks, ({ t }) => t), marks };
}

/** The mark before or after an instant, as steps go. */
export function markBeside(
  { times, marks }: MarkColumn,
  t: number,
  direction: "next" | "previous",
): ResultMark | null {
  if (direction === "previous") return marks[firstAtOrAfter(times, t) - 1] ?? null;
  let i = firstAtOrAfter(times, t);
  while (i < times.length && times[i] === t) i += 1;
  return marks[i] ?? null;
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
