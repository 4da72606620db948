// Instants in words, as the user wants them: since the recording began, or by the target's clock in UTC.

import { formatTime, formatWallClock } from "@elixirscope/timeline";
import type { Cinema } from "./cinema.ts";

/** Wall clock at t = 0 when times are shown by it, else null. */
export function wallClockStart({ info, settings }: Cinema): bigint | null {
  const text = info.value?.manifest.startedAtNs;
  if (settings.times.value === "relative" || text === undefined) return null;
  return /^\d{1,25}$/.test(text) ? BigInt(text) : null;
}

/** Whoever renders it is rendered again when the user chooses otherwise. */
export function timeText(cinema: Cinema, t: number, resolutionNs = 1): string {
  const start = wallClockStart(cinema);
  return start === null ? formatTime(t, resolutionNs) : formatWallClock(start, t, resolutionNs);
}
