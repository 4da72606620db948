// Durations, rates and shares in the tables of this view; – is what is not known.

import { formatDuration } from "@elixirscope/timeline";

export function durationText(ns: number | null): string {
  return ns === null ? "–" : formatDuration(ns);
}

/** Per second. */
export function rateText(rate: number | null): string {
  if (rate === null) return "–";
  return rate >= 100 ? Math.round(rate).toLocaleString("en") : rate.toPrecision(3);
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 9.95 ? value.toFixed(0) : value.toFixed(value >= 0.095 ? 1 : 2)}\u202f%`;
}
