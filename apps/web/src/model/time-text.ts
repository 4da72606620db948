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

// never in what the target said: that is quoted as it was
const TOLD = /(?:^|(?<=\b(?:at|from|to|between|and|before|after) ))-?\d{1,9}\.\d{6} s\b/g;

/** What the query engine says, with its instants (`12.345678 s`) as they are told everywhere on the page. */
export function retold(cinema: Cinema, words: string): string {
  return words.replaceAll(TOLD, (told) => timeText(cinema, Number.parseFloat(told) * 1e9, 1000));
}
