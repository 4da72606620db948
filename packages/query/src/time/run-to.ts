// Running on, or back, to the next place in time at which a condition holds. It looks at windows that grow,
// the nearest first, so that a match nearby is found at once in a long recording.

import type { Direction } from "@elixirscope/wire";
import { hitOf, withPids, type Hit } from "../find/hit.ts";
import { searchSteps, type SearchOptions } from "../find/search-steps.ts";
import type { NoSubject } from "../find/subject.ts";
import type { Found } from "../find/watcher.ts";
import type { Watch } from "../find/where.ts";
import { limitsOf } from "../limits.ts";
import { timeText } from "../names.ts";
import { styleOf } from "../print.ts";
import { recordingRange } from "../recording-range.ts";
import type { Source } from "../sql.ts";
import { momentOf } from "../stack/moment.ts";
import type { Instant } from "../stack/stack-view.ts";
import { landing } from "./landing.ts";
import { isBeyond } from "./order.ts";
import type { StepView } from "./step-by.ts";
import { growingWindows } from "./windows.ts";

export type RunToParams = {
  /** as printed; null with a time: start there, in whatever process */
  readonly pid: string | null;
  readonly from: Instant;
  readonly direction: Direction;
  readonly watch: Watch;
  /** only matches in the process of `pid` or the event count */
  readonly within: "process" | "recording";
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

export type RunToView = Omit<StepView, "pid" | "name"> & {
  /** the match, with the values that the condition was asked of */
  readonly hit: Hit | null;
};

export type RunToAnswer =
  | { readonly ok: true; readonly view: RunToView }
  | { readonly ok: false; readonly missing: NoSubject };

/** A search has to find what ran at its beginning: it is not begun for less. */
const FIRST_WINDOW_NS = 100_000_000;

export async function runTo(source: Source, params: RunToParams): Promise<RunToAnswer> {
  const { watch, direction, within } = params;
  const moment =
    params.pid === null && params.from.kind === "time"
      ? { index: null, cutoff: { t: params.from.t, event: null } }
      : await momentOf(source, params.pid, params.from);
  if (moment === null) {
    return { ok: false, missing: { message: "no such event or process", nearest: [] } };
  }
  const { index, cutoff: from } = moment;
  const counts = (one: Found): boolean =>
    isBeyond({ t: one.step.t, event: one.step.id }, from, direction) &&
    (within === "recording" || one.step.pid === index);
  const range = await recordingRange(source);
  const notes = new Set<string>();
  const start = Math.min(from.t, range.t1);
  const end = direction === "next" ? range.t1 : 0;
  for (const window of growingWindows(start, direction, end, FIRST_WINDOW_NS)) {
    const lookup = await searchSteps(source, watch, { ...window, ...reporting(params) });
    if (!lookup.ok) return lookup;
    const { search } = lookup;
    const found = await firstOf(search.found(), counts, direction);
    if (search.counters.unknown > 0) {
      notes.add("where values were cut or not recorded the condition may have held, too");
    }
    if (found === null) continue;
    const [hit] = await withPids(source, [hitOf(found, search.subject, styleOf(source.manifest))]);
    const limits = [...(await limitsBetween(source, from.t, found.step.t)), ...notes];
    const to = await landing(source, found.step.id);
    return { ok: true, view: { from, to, hit: hit ?? null, why: null, limits } };
  }
  const limits = [...(await limitsBetween(source, from.t, end)), ...notes];
  const side = direction === "next" ? "after" : "before";
  const why = `${watch.text} held nowhere ${side} ${timeText(from.t)}, as far as was recorded`;
  return { ok: true, view: { from, to: null, hit: null, why, limits } };
}

function reporting({ signal, progress }: RunToParams): SearchOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
  };
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

async function limitsBetween(
  source: Source,
  one: number,
  other: number,
): Promise<readonly string[]> {
  const extent = { pids: null, from: Math.min(one, other), to: Math.max(one, other) };
  return await limitsOf(source, extent, []);
}
