// The search behind breakpoints over a recording: everything that a watch is about, slice by slice, and
// each step at which its condition held. What is made of those steps is up to the asker.

import { recordingRange } from "../recording-range.ts";
import type { Source } from "../sql.ts";
import { neverBound, sliceCount, unknownNames, watcherOptions } from "./search-facts.ts";
import { MAX_ROWS, StepRows } from "./step-rows.ts";
import { subjectOf, type NoSubject, type Subject } from "./subject.ts";
import { Watcher, type Found, type WatchCounters } from "./watcher.ts";
import type { Watch } from "./where.ts";
import { eachSlice, slices } from "./windows.ts";

export type SearchOptions = {
  readonly from?: number;
  readonly to?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

/** A search that can begin: what it is about is in the recording. */
export type StepSearch = {
  readonly subject: Subject;
  readonly range: { readonly from: number; readonly to: number };
  /** of what has been looked at so far */
  readonly counters: Readonly<WatchCounters>;
  /** In their order; it may be left at any of them. */
  readonly found: () => AsyncGenerator<Found>;
  /** What the answer does not know of, besides gaps; to be asked when the search is over. */
  readonly notes: () => readonly string[];
};

export type SearchLookup =
  | { readonly ok: true; readonly search: StepSearch }
  | { readonly ok: false; readonly missing: NoSubject };

export async function searchSteps(
  source: Source,
  watch: Watch,
  options: SearchOptions,
): Promise<SearchLookup> {
  const lookup = await subjectOf(source, watch.where);
  if (!lookup.ok) return lookup;
  const { subject } = lookup;
  const unknown = unknownNames(watch, subject);
  if (unknown !== null) return { ok: false, missing: unknown };
  const range = await recordingRange(source);
  const from = options.from ?? range.t0;
  const to = Math.min(options.to ?? range.t1, range.t1) + 1;
  const rows = new StepRows(source, subject, watch.condition);
  const watcher = new Watcher(watch.condition, await watcherOptions(source, subject, rows));
  return {
    ok: true,
    search: {
      subject,
      range: { from, to },
      counters: watcher.counters,
      found: () => foundSteps(source, rows, watcher, { ...options, from, to }),
      notes: () => {
        const { forgotten } = watcher.counters;
        return [
          ...neverBound(watch, watcher),
          ...(forgotten > 0
            ? [`${forgotten} calls ran beside too many others to be followed to their end`]
            : []),
        ];
      },
    },
  };
}

async function* foundSteps(
  source: Source,
  rows: StepRows,
  watcher: Watcher,
  options: SearchOptions & { readonly from: number; readonly to: number },
): AsyncGenerator<Found> {
  const { from, to } = options;
  if (from > 0) for (const step of await rows.before(from)) watcher.seed(step);
  const read = eachSlice(
    slices(from, to, await sliceCount(source, from, to)),
    async (slice) => await rows.count({ by: "time", ...slice }),
    MAX_ROWS,
    async (slice) => await rows.read({ by: "time", ...slice }),
  );
  for await (const { slice, value: steps } of read) {
    options.signal?.throwIfAborted();
    for (const step of steps) {
      const found = watcher.step(step);
      if (found !== null) yield found;
    }
    options.progress?.(slice.to - from, to - from);
  }
}
