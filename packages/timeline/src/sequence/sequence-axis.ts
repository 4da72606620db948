// Time that goes down, onto pixels: evenly, or by the order of what happens.
//
// Bursts of microseconds with milliseconds of nothing between them cannot be read on an even axis. By order,
// every message has a row, whatever else happens a little less, and the time between shrinks; both are a
// list of knots with straight lines between, so drawing and hit testing know no difference.

import type { SequenceView, TimeRange } from "@elixirscope/wire";

export type Break = TimeRange & { readonly y0: number; readonly y1: number };

export type SequenceAxis = {
  readonly kind: "time" | "order";
  readonly heightPx: number;
  /** ascending; as long as `ys`, at least two */
  readonly ts: readonly number[];
  readonly ys: readonly number[];
  /** where much time takes little height */
  readonly breaks: readonly Break[];
};

const MESSAGE_ROW = 17;
const OTHER_ROW = 6;
const BREAK_ROW = 22;
const EDGE = 14;
/** Of the range: less is never called out as a break. */
const BREAK_SHARE = 0.04;
const BREAK_MEDIANS = 10;
/** Few rows are not stretched over a whole screen. */
const MOST_STRETCH = 2.2;

export function timeAxis({ t0, t1 }: TimeRange, heightPx: number): SequenceAxis {
  const height = Math.max(1, heightPx);
  return {
    kind: "time",
    heightPx: height,
    ts: [t0, Math.max(t1, t0 + 1)],
    ys: [0, height],
    breaks: [],
  };
}

/** At least as high as `heightPx`; what happens outside of the range takes no place. */
export function orderAxis(view: SequenceView, range: TimeRange, heightPx: number): SequenceAxis {
  const all = instantsOf(view);
  const rows = all.slice(firstFrom(all, range.t0), firstFrom(all, range.t1 + 1));
  if (rows.length === 0) return timeAxis(range, heightPx);
  const isBreak = breakTest(rows, range);
  const ts = [range.t0];
  const steps = [0];
  for (const [i, { t, height }] of rows.entries()) {
    const before = rows[i - 1];
    const step = before !== undefined && isBreak(t - before.t) ? BREAK_ROW : height;
    ts.push(t);
    steps.push(Math.max(height, i === 0 ? EDGE : step));
  }
  ts.push(Math.max(range.t1, (rows.at(-1)?.t ?? range.t1) + 1));
  steps.push(EDGE);
  const natural = steps.reduce((sum, step) => sum + step, 0);
  const stretch = Math.min(MOST_STRETCH, Math.max(1, heightPx / natural));
  let y = 0;
  const ys = steps.map((step) => (y += step * stretch));
  // what is left below the last row belongs to the rest of the range
  const height = Math.max(heightPx, y);
  ys[ys.length - 1] = height;
  const breaks = rows.flatMap(({ t }, i): Break[] => {
    const before = rows[i - 1];
    if (before === undefined || !isBreak(t - before.t)) return [];
    // the first knot is the beginning of the range
    return [{ t0: before.t, t1: t, y0: ys[i] ?? 0, y1: ys[i + 1] ?? 0 }];
  });
  return { kind: "order", heightPx: height, ts, ys, breaks };
}

type Instant = { readonly t: number; readonly height: number };

/** The same answer is laid out for every range that is zoomed to. */
const known = new WeakMap<SequenceView, readonly Instant[]>();

function instantsOf(view: SequenceView): readonly Instant[] {
  const kept = known.get(view);
  if (kept !== undefined) return kept;
  const heights = new Map<number, number>();
  const add = (t: number | null, height: number): void => {
    if (t !== null) heights.set(t, Math.max(height, heights.get(t) ?? 0));
  };
  for (const { tSent, tReceived, tHandled } of view.messages) {
    add(tSent ?? tReceived, MESSAGE_ROW);
    add(tHandled ?? tReceived, OTHER_ROW);
  }
  for (const { t } of view.merged) add(t, MESSAGE_ROW);
  for (const { t } of view.marks) add(t, OTHER_ROW);
  for (const { tSpawned, tExited } of view.columns) {
    add(tSpawned, OTHER_ROW);
    add(tExited, OTHER_ROW);
  }
  const found = [...heights].map(([t, height]) => ({ t, height }));
  const sorted = found.toSorted((a, b) => a.t - b.t);
  known.set(view, sorted);
  return sorted;
}

function firstFrom(instants: readonly Instant[], t: number): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instants[middle]?.t ?? 0) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

function breakTest(rows: readonly Instant[], { t0, t1 }: TimeRange): (ns: number) => boolean {
  const between = rows.flatMap(({ t }, i) => (i === 0 ? [] : [t - (rows[i - 1]?.t ?? t)]));
  const median = between.toSorted((a, b) => a - b)[between.length >> 1] ?? 0;
  const least = Math.max((t1 - t0) * BREAK_SHARE, median * BREAK_MEDIANS);
  return (ns) => ns >= least;
}

export function yAt(axis: SequenceAxis, t: number): number {
  return along(axis.ts, axis.ys, t);
}

export function timeAt(axis: SequenceAxis, y: number): number {
  return along(axis.ys, axis.ts, y);
}

/** On the straight line between the two knots around `x`, and on beyond the first and the last one. */
function along(xs: readonly number[], ys: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [xs[low] ?? 0, xs[high] ?? 1, ys[low] ?? 0, ys[high] ?? 0];
  return x1 === x0 ? y0 : y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
