// Nanoseconds to pixels and back, and the gestures that move the visible range.
//
// Ranges are plain values: every gesture returns a new one, kept inside the recording plus a margin.

import type { TimeRange } from "@elixirscope/wire";

export type TimeScale = TimeRange & { readonly widthPx: number };

/** Below this a pixel is shorter than the clock of the target can tell. */
export const MIN_SPAN_NS = 200;
const MARGIN = 0.04;

export function timeScale(range: TimeRange, widthPx: number): TimeScale {
  return { t0: range.t0, t1: range.t1, widthPx: Math.max(1, widthPx) };
}

export function spanOf(range: TimeRange): number {
  return range.t1 - range.t0;
}

export function xOf(scale: TimeScale, t: number): number {
  return ((t - scale.t0) / spanOf(scale)) * scale.widthPx;
}

export function tOf(scale: TimeScale, x: number): number {
  return scale.t0 + (x / scale.widthPx) * spanOf(scale);
}

/** The whole recording with a little air on both sides. */
export function fitRange(bounds: TimeRange): TimeRange {
  const span = Math.max(spanOf(bounds), MIN_SPAN_NS);
  const air = span * 0.01;
  return { t0: bounds.t0 - air, t1: bounds.t0 + span + air };
}

/** Makes the range `factor` times as long; the instant `anchor` stays under the pointer. */
export function zoomAbout(
  range: TimeRange,
  anchor: number,
  factor: number,
  bounds: TimeRange,
): TimeRange {
  const longest = spanOf(fitRange(bounds));
  const span = Math.min(Math.max(spanOf(range) * factor, MIN_SPAN_NS), longest);
  const share = (anchor - range.t0) / spanOf(range);
  const t0 = anchor - share * span;
  return clampRange({ t0, t1: t0 + span }, bounds);
}

export function panBy(range: TimeRange, delta: number, bounds: TimeRange): TimeRange {
  return clampRange({ t0: range.t0 + delta, t1: range.t1 + delta }, bounds);
}

/** The same span with `t` in the middle if it was not comfortably inside. */
export function reveal(range: TimeRange, t: number, bounds: TimeRange): TimeRange {
  const edge = spanOf(range) * 0.08;
  if (t >= range.t0 + edge && t <= range.t1 - edge) return range;
  return panBy(range, t - (range.t0 + range.t1) / 2, bounds);
}

/** Moves a range back until it shows the recording; a range longer than the recording is fitted. */
export function clampRange(range: TimeRange, bounds: TimeRange): TimeRange {
  const whole = fitRange(bounds);
  const span = Math.max(spanOf(range), MIN_SPAN_NS);
  if (span >= spanOf(whole)) return whole;
  const margin = span * MARGIN;
  const lowest = Math.max(whole.t0, bounds.t0 - margin);
  const highest = Math.min(whole.t1, bounds.t1 + margin);
  const t0 = Math.min(Math.max(range.t0, lowest), highest - span);
  return { t0, t1: t0 + span };
}
