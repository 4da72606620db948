// Races of a recording: lost updates through servers, and conflicting accesses to the same ETS key.
//
// The recording is read in stretches, each together with the one before it, so memory stays the same however
// long it is. A chain of cause and effect between two events lies between them in time: what a stretch
// holds is enough to tell the order of any two events in it.

import { callersOf } from "../callers.ts";
import { eachSlice, slices, type Slice } from "../find/windows.ts";
import { limitsOf } from "../limits.ts";
import { timeText } from "../names.ts";
import { processRefs, type ProcessRef } from "../process-refs.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { EtsSearch } from "./ets-search.ts";
import { RaceGroups, type Group } from "./race-groups.ts";
import type { Race, RaceExample, RaceView } from "./race-view.ts";
import { ServerSearch } from "./server-search.ts";

export type RaceOptions = {
  /** ns; default: the whole recording */
  readonly from?: number;
  readonly to?: number;
  /** default 20 */
  readonly limit?: number;
  /** how much is looked at together; default 30,000 */
  readonly mostMessages?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

/** Messages of a stretch. */
const MOST_MESSAGES = 30_000;

export async function races(source: Source, options: RaceOptions = {}): Promise<RaceView> {
  const { t0, t1 } = await recordingRange(source);
  const { from = t0, to = t1, limit = 20, signal, progress } = options;
  const most = options.mostMessages ?? MOST_MESSAGES;
  const groups = new RaceGroups();
  const servers = new ServerSearch(source, groups);
  const ets = new EtsSearch(source, groups);
  const all = slices(from, to + 1, 1);
  const count = async (slice: Slice): Promise<number> => await countMessages(source, slice);
  let before: Slice | null = null;
  let shortest = Infinity;
  for await (const { slice } of eachSlice(all, count, most, async () => null)) {
    signal?.throwIfAborted();
    const both = { from: before?.from ?? slice.from, to: slice.to };
    await servers.look(both, slice.from);
    await ets.look(both, slice.from);
    if (before !== null) shortest = Math.min(shortest, before.to - before.from);
    before = slice;
    progress?.(slice.to - from, to - from);
  }
  const ranked = groups.ranked();
  const shown = ranked.slice(0, limit);
  const limits = await limitsOf(source, { pids: null, from, to }, [
    "messages",
    "states",
    "lifecycle",
  ]);
  return {
    races: await describe(source, shown),
    more: ranked.length - shown.length,
    looked: { requests: servers.requests, ets: ets.accesses },
    limits: [
      ...limits,
      ...servers.limits(),
      ...ets.limits(),
      ...(Number.isFinite(shortest)
        ? [`accesses that are more than ${timeText(shortest)} apart were not compared everywhere`]
        : []),
      "what was not recorded (untraced processes, ports, NIFs, databases) orders nothing here",
    ],
  };
}

async function countMessages(source: Source, { from, to }: Slice): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM raw.messages WHERE t_received >= ${from} AND t_received < ${to}`,
  );
  return asNumber(row?.[0] ?? 0);
}

async function describe(source: Source, groups: readonly Group[]): Promise<readonly Race[]> {
  const examples = groups.flatMap((group) => group.examples);
  const accesses = examples.flatMap((example) => example.accesses);
  const [refs, callers] = await Promise.all([
    processRefs(
      source,
      accesses.map(({ pid }) => pid),
    ),
    callersOf(
      source,
      accesses.map(({ event }) => event),
    ),
  ]);
  const around = ([first, second]: readonly [number, number]): string | null => {
    const outer = new Set(callers.get(second)?.map(({ call }) => call));
    return callers.get(first)?.find(({ call }) => outer.has(call))?.mfa ?? null;
  };
  return groups.map((group) => {
    const { kind, subject, read, write, happened, possible, isExact } = group;
    const ranked = group.examples.toSorted((a, b) => Number(b.happened) - Number(a.happened));
    return {
      kind,
      subject,
      read,
      write,
      function:
        ranked.flatMap((one) => (one.around === null ? [] : (around(one.around) ?? [])))[0] ?? null,
      happened,
      possible,
      confidence: isExact ? "exact" : "inferred",
      examples: ranked.map((example): RaceExample => ({
        happened: example.happened,
        what: example.what,
        accesses: example.accesses.map(({ pid, ...access }) => ({
          ...access,
          process: refs.get(pid) ?? unknown(pid),
          function: callers.get(access.event)?.[0]?.mfa ?? null,
        })),
      })),
    };
  });
}

function unknown(pid: number): ProcessRef {
  return { pid: `#${pid}`, name: null };
}
