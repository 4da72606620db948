// What processes had taken, and which state they had, when a stretch of the recording began: mostly that is near, and
// of a process that was not there yet nothing is looked for.

import { kindCode } from "../event-kinds.ts";
import { extentOf, rowsOf } from "../part-rows.ts";
import { processFacts } from "../process-facts.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { idArray } from "./asked-rows.ts";
import { MAX_NAMED, NEAR, NOTHING, pidSet, type Taken } from "./cause-lookups.ts";

const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");

type PlaceOf = { readonly pid: number; readonly activity: number };

/** Before an id: by `pid activity` what each process had taken in each of these activities. */
export async function takenUntil(
  source: Source,
  before: number,
  places: readonly PlaceOf[],
): Promise<ReadonlyMap<string, Taken>> {
  const begin = Math.max(0, before - NEAR);
  const near = await takenIn(source, [begin, before - 1], 0, places);
  // what was received before something was handled does not matter any more
  const older = places.filter(
    ({ pid, activity }) => activity < begin && (near.get(`${pid} ${activity}`)?.handled ?? 0) === 0,
  );
  if (older.length === 0) return near;
  const born = await bornFrom(source, new Set(older.map(({ pid }) => pid)));
  const far = await takenIn(source, [0, begin - 1], born, older);
  const found = new Map(near);
  for (const [place, { received, handled }] of far) {
    const late = near.get(place)?.received ?? 0;
    found.set(place, { received: late === 0 ? received : late, handled });
  }
  return found;
}

async function takenIn(
  source: Source,
  [from, to]: readonly [number, number],
  born: number,
  places: readonly PlaceOf[],
): Promise<ReadonlyMap<string, Taken>> {
  if (places.length === 0 || from > to) return new Map();
  const pids = places.map(({ pid }) => pid);
  const activities = places.map(({ activity }) => activity);
  const oldest = Math.max(from, extentOf(activities)[0]);
  const events = await rowsOf(source, "events", {
    id: [oldest, to],
    t: [born, Number.MAX_SAFE_INTEGER],
  });
  const rows = await select(
    source,
    sql`SELECT t.pid, t.activity::DOUBLE, t.kind, max(t.id)::DOUBLE
      FROM (SELECT id, pid, coalesce(correlation, 0) AS activity, kind FROM ${events}
          WHERE kind IN ${[RECEIVE, HANDLE]} AND pid IN ${pidSet(new Set(pids))} AND id BETWEEN ${oldest} AND ${to} AND t >= ${born}) t
        JOIN (SELECT DISTINCT unnest(${idArray(pids)}) AS pid, unnest(${idArray(activities)}) AS activity) a
          ON a.pid = t.pid AND a.activity = t.activity
      GROUP BY ALL`,
  );
  const found = new Map<string, Taken>();
  for (const row of rows) {
    const key = `${asNumber(row[0])} ${asNumber(row[1])}`;
    const known = found.get(key) ?? NOTHING;
    const last = asNumber(row[3]);
    found.set(key, row[2] === HANDLE ? { ...known, handled: last } : { ...known, received: last });
  }
  return found;
}

/** Clocks of schedulers may differ by so much. */
const CLOCK_NS = 1_000_000_000;

/** Nothing that any of these processes did is older. */
async function bornFrom(source: Source, pids: ReadonlySet<number>): Promise<number> {
  if (pids.size > MAX_NAMED) return 0;
  const facts = await Promise.all([...pids].map(async (pid) => await processFacts(source, pid)));
  const first = facts.reduce((least, { spawned }) => Math.min(least, spawned ?? 0), Infinity);
  return Math.max(0, first - CLOCK_NS);
}

export type Version = {
  /** the event that brought the value */
  readonly changed: number;
  /** the value's payload */
  readonly state: number;
};

/** Before an id: the state of each process. */
export async function statesUntil(
  source: Source,
  before: number,
  pids: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Version>> {
  if (pids.size === 0) return new Map();
  const begin = Math.max(0, before - NEAR);
  const near = await lastChanges(source, before, pids, begin, 0);
  const older = new Set([...pids].filter((pid) => !near.has(pid)));
  if (older.size === 0 || begin === 0) return near;
  const born = await bornFrom(source, older);
  return new Map([...near, ...(await lastChanges(source, before, older, 0, born))]);
}

/** From an id on. The first version there is only known to be a new value when it is the first of all. */
async function lastChanges(
  source: Source,
  before: number,
  pids: ReadonlySet<number>,
  from: number,
  born: number,
): Promise<ReadonlyMap<number, Version>> {
  const states = await rowsOf(source, "states", {
    event: [from, before - 1],
    t: [born, Number.MAX_SAFE_INTEGER],
  });
  const rows = await select(
    source,
    sql`SELECT pid, max(event)::DOUBLE, coalesce(arg_max(state, event), 0)::DOUBLE FROM (
        SELECT pid, event, state, lag(state) OVER own AS before, row_number() OVER own AS nth FROM ${states}
        WHERE pid IN ${pidSet(pids)} AND event BETWEEN ${from} AND ${before - 1} AND t >= ${born}
        WINDOW own AS (PARTITION BY pid ORDER BY event))
      WHERE state IS DISTINCT FROM before AND (nth > 1 OR ${from} = 0) GROUP BY pid`,
  );
  return new Map(
    rows.map(([pid, event, state]) => [
      asNumber(pid),
      { changed: asNumber(event), state: asNumber(state) },
    ]),
  );
}
