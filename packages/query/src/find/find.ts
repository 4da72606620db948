// Breakpoints and watchpoints over a recording: every place in time at which a condition held.

import { nearestNames } from "@elixirscope/base";
import { isLoss } from "../overview.ts";
import { styleOf } from "../print.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, asNumberOrNull, asText, select, sql, type Source } from "../sql.ts";
import { hitOf, withPids, type FindResult, type RawHit } from "./hit.ts";
import { MAX_ROWS, StepRows } from "./step-rows.ts";
import { subjectOf, type NoSubject, type Subject } from "./subject.ts";
import { Visibility } from "./visibility.ts";
import { Watcher, type WatcherOptions } from "./watcher.ts";
import { whereText, type Watch } from "./where.ts";
import { eachSlice, slices } from "./windows.ts";

export type FindOptions = {
  readonly from?: number;
  readonly to?: number;
  /** hits at most */
  readonly limit: number;
  /** the last ones count, not the first */
  readonly last?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

export type FindAnswer =
  | { readonly ok: true; readonly result: FindResult }
  | { readonly ok: false; readonly missing: NoSubject };

const EVENTS_OF_SLICE = 1_000_000;
const MAX_SLICES = 10_000;

export async function find(
  source: Source,
  watch: Watch,
  options: FindOptions,
): Promise<FindAnswer> {
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
  if (from > 0) for (const step of await rows.before(from)) watcher.seed(step);
  const hits: RawHit[] = [];
  let more = false;
  const count = await sliceCount(source, from, to);
  const style = styleOf(source.manifest);
  const read = eachSlice(
    slices(from, to, count),
    async (slice) => await rows.count({ by: "time", ...slice }),
    MAX_ROWS,
    async (slice) => await rows.read({ by: "time", ...slice }),
  );
  search: for await (const { slice, value: steps } of read) {
    options.signal?.throwIfAborted();
    for (const step of steps) {
      const found = watcher.step(step);
      if (found === null) continue;
      if (hits.length >= options.limit) {
        more = true;
        if (options.last !== true) break search;
        hits.shift();
      }
      hits.push(hitOf(found, subject, style));
    }
    options.progress?.(slice.to - from, to - from);
  }
  const { counters } = watcher;
  const notes = [
    ...neverBound(watch, watcher),
    ...(await lossNotes(source, from, to)),
    ...(counters.forgotten > 0
      ? [`${counters.forgotten} calls ran beside too many others to be followed to their end`]
      : []),
  ];
  return { ok: true, result: { hits: await withPids(source, hits), more, counters, notes } };
}

export async function watcherOptions(
  source: Source,
  subject: Subject,
  { followsCalls }: StepRows,
): Promise<WatcherOptions> {
  const visibility = await Visibility.of(source, subject);
  return {
    lineSites: subject.lineSites,
    followsCalls,
    isVisible: (bound, at) => visibility.isVisible(bound, at),
  };
}

/** Slices of about a million events, were they spread evenly. */
export async function sliceCount(source: Source, from: number, to: number): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM raw.events WHERE t >= ${from} AND t < ${to}`,
  );
  return Math.min(MAX_SLICES, Math.ceil(asNumber(row?.[0] ?? 0) / EVENTS_OF_SLICE));
}

/** Names that nothing there can have: told before a long search finds nothing. */
export function unknownNames({ where, condition }: Watch, subject: Subject): NoSubject | null {
  if (where.kind === "state") return null;
  const names = new Set(
    [...subject.sites.values()].flatMap((site) => site.names.filter((name) => name !== null)),
  );
  const isInstrumented = subject.sites.size > 0;
  for (const name of condition.variables) {
    if (names.has(name) || /^arg[1-9]\d*$/.test(name)) continue;
    if (name === "result" && where.kind === "function") continue;
    const place = whereText(where);
    if (name === "result") {
      return {
        message: "the result is known where a function returns: name the function",
        nearest: [],
      };
    }
    if (isInstrumented) {
      const near = nearestNames(name, names);
      const nearest = near.length > 0 ? near : [...names].slice(0, 10);
      return { message: `${place} binds no variable ${name}`, nearest };
    }
    return {
      message: `of ${place} only calls were recorded, not its variables: ask about arg1, arg2, … and result, or record with instrumentation`,
      nearest: [],
    };
  }
  return null;
}

function neverBound({ condition, where }: Watch, watcher: Watcher): readonly string[] {
  const never = [...condition.variables].filter((name) => !watcher.seen.has(name));
  if (never.length === 0) return [];
  const what = where.kind === "state" ? "no recorded state had" : "nothing recorded there bound";
  return [`${what} ${never.join(", ")}`];
}

/** Events of the range that are missing in the recording. */
export async function lossNotes(
  source: Source,
  from: number,
  to: number,
): Promise<readonly string[]> {
  const rows = await select(
    source,
    sql`SELECT reason, sum(count)::BIGINT FROM base.gaps WHERE t_from < ${to} AND t_to >= ${from}
      GROUP BY reason ORDER BY reason`,
  );
  const missing = rows
    .filter(([reason]) => isLoss(asText(reason)) || reason === "sampled")
    .map(([reason, count]) => {
      const number = asNumberOrNull(count);
      return `${asText(reason)}${number === null ? "" : ` (${number} events)`}`;
    });
  return missing.length === 0
    ? []
    : [`something is missing in this range: ${missing.join(", ")}; there may be more hits`];
}
