// The nearest place in time at which a watch holds: windows that grow are searched, the nearest first, so that what is
// nearby is found at once in a long recording.

import type { Direction } from "@elixirscope/wire";
import { recordingRange } from "../recording-range.ts";
import type { Source } from "../sql.ts";
import { isBeyond, type Position } from "../time/order.ts";
import { growingWindows } from "../time/windows.ts";
import { searchSteps, type SearchOptions } from "./search-steps.ts";
import type { NoSubject, Subject } from "./subject.ts";
import type { Found } from "./watcher.ts";
import type { Watch } from "./where.ts";

export type NearestOptions = Pick<SearchOptions, "signal" | "progress"> & {
  readonly from: Position;
  readonly direction: Direction;
  /** number of the only process that counts */
  readonly pid: number | null;
  /** how far is looked first */
  readonly firstNs?: number;
};

export type NearestFound =
  | {
      readonly ok: true;
      readonly found: Found | null;
      readonly subject: Subject | null;
      /** how far was looked when nothing was found */
      readonly end: number;
      /** somewhere on the way it could not be told whether it held */
      readonly unknown: boolean;
    }
  | { readonly ok: false; readonly missing: NoSubject };

/** A search has to find what ran at its beginning: it is not begun for less. */
const FIRST_WINDOW_NS = 100_000_000;

export async function nearestFound(
  source: Source,
  watch: Watch,
  { from, direction, pid, firstNs = FIRST_WINDOW_NS, ...reporting }: NearestOptions,
): Promise<NearestFound> {
  const counts = (one: Found): boolean =>
    isBeyond({ t: one.step.t, event: one.step.id }, from, direction) &&
    (pid === null || one.step.pid === pid);
  const range = await recordingRange(source);
  const start = Math.min(from.t, range.t1);
  const end = direction === "next" ? range.t1 : 0;
  let unknown = false;
  for (const window of growingWindows(start, direction, end, firstNs)) {
    const lookup = await searchSteps(source, watch, { ...window, ...reporting });
    if (!lookup.ok) return lookup;
    const { search } = lookup;
    const found = await firstOf(search.found(), counts, direction);
    unknown ||= search.counters.unknown > 0;
    if (found !== null) return { ok: true, found, subject: search.subject, end, unknown };
  }
  return { ok: true, found: null, subject: null, end, unknown };
}

async function firstOf(
  all: AsyncGenerator<Found>,
  counts: (one: Found) => boolean,
  direction: Direction,
): Promise<Found | null> {
  let latest: Found | null = null;
  for await (const one of all) {
    if (!counts(one)) continue;
    latest = one;
    if (direction === "next") break;
  }
  return latest;
}
