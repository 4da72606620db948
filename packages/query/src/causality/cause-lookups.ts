// What one event's cause is in each table, for many events at once. Each look-up is one query; a caller that has
// no event of the kind does not ask.

import { kindCode } from "../event-kinds.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source, type Sql } from "../sql.ts";
import { extentOf, rowsOf } from "../part-rows.ts";
import { extentSql, idArray, idSet, type AskedRow } from "./asked-rows.ts";

const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
const SPAWN = kindCode("spawn");
const STATE = kindCode("state");

/** Rows `send_event, receive_event, match` of messages that both ends are known of. */
export async function messagesInto(
  source: Source,
  receives: readonly number[],
): Promise<readonly Row[]> {
  if (receives.length === 0) return [];
  const messages = await rowsOf(source, "messages", { receive_event: extentOf(receives) });
  return await select(
    source,
    sql`SELECT send_event::DOUBLE, receive_event::DOUBLE, match FROM ${messages}
      WHERE receive_event IN ${idSet(receives)} AND receive_event ${extentSql(receives)} AND match <> 0 AND send_event IS NOT NULL`,
  );
}

/** Rows `source_event, target_event, type, confidence`. */
export async function linksInto(
  source: Source,
  events: readonly number[],
): Promise<readonly Row[]> {
  const links = await rowsOf(source, "links", { target_event: extentOf(events) });
  return await select(
    source,
    sql`SELECT source_event::DOUBLE, target_event::DOUBLE, type, confidence FROM ${links}
      WHERE target_event IN ${idSet(events)} AND target_event ${extentSql(events)}`,
  );
}

/** The messages that a process received, and took to a callback, last in an activity; 0: none. */
export type Taken = { readonly received: number; readonly handled: number };

export const NOTHING: Taken = { received: 0, handled: 0 };

/** Rows for which each look-up goes by itself: by numbers in the text most of the recording is skipped. */
const FEW = 8;
/** Processes that are named in the text at most. */
export const MAX_NAMED = 64;
/** Ids that are looked back over first: what came before an event is mostly near. */
export const NEAR = 262_144;

/** Of each row's process in that row's activity. */
export async function takenBefore(
  source: Source,
  rows: readonly AskedRow[],
): Promise<ReadonlyMap<number, Taken>> {
  if (rows.length === 0) return new Map();
  if (rows.length > FEW) return takenOf(await select(source, takenByWindow(rows)));
  const near = takenOf(await select(source, takenOneByOne(rows, NEAR, 0)));
  const older = rows.filter((row) => oldestOf(row) < row.id - NEAR && mayBeOlder(row, near));
  if (older.length === 0) return near;
  const far = takenOf(await select(source, takenOneByOne(older, Infinity, NEAR)));
  const found = new Map(near);
  for (const { id } of older) {
    const [late, early] = [near.get(id) ?? NOTHING, far.get(id) ?? NOTHING];
    found.set(id, {
      received: late.received === 0 ? early.received : late.received,
      handled: late.handled === 0 ? early.handled : late.handled,
    });
  }
  return found;
}

/** In a call, only what was taken after that had begun counts. */
function oldestOf({ activity, inside }: AskedRow): number {
  return Math.max(activity, inside);
}

function mayBeOlder({ id, kind, inside }: AskedRow, near: ReadonlyMap<number, Taken>): boolean {
  const { received, handled } = near.get(id) ?? NOTHING;
  return handled === 0 && (inside === 0 || kind === STATE || received === 0);
}

const LAST_TAKEN = sql`max(id) FILTER (kind = ${RECEIVE})::DOUBLE, max(id) FILTER (kind = ${HANDLE})::DOUBLE`;

/** Rows `id, received, handled`, of what is at least `after` ids older than the row, and at most `within`. */
function takenOneByOne(rows: readonly AskedRow[], within: number, after: number): Sql {
  return rows
    .map((row) => {
      const from = Math.max(oldestOf(row), row.id - within);
      return sql`SELECT ${row.id}::DOUBLE, ${LAST_TAKEN} FROM raw.events
        WHERE pid = ${row.pid} AND kind IN ${[RECEIVE, HANDLE]} AND coalesce(correlation, 0) = ${row.activity}
          AND id BETWEEN ${from} AND ${row.id - after - 1}`;
    })
    .reduce((all, one) => sql`${all} UNION ALL ${one}`);
}

/** The same for many. Not an ASOF join: for a list that DuckDB takes for short, it compares all with all. */
function takenByWindow(rows: readonly AskedRow[]): Sql {
  const oldest = rows.reduce((least, row) => Math.min(least, oldestOf(row)), Infinity);
  return sql`SELECT id::DOUBLE, received::DOUBLE, handled::DOUBLE FROM (
      SELECT id, kind, max(CASE WHEN kind = ${RECEIVE} THEN id END) OVER before AS received,
        max(CASE WHEN kind = ${HANDLE} THEN id END) OVER before AS handled
      FROM (SELECT id, pid, activity, 0 AS kind FROM (${table(rows)})
        UNION ALL SELECT id, pid, coalesce(correlation, 0), kind FROM raw.events
          WHERE kind IN ${[RECEIVE, HANDLE]} AND pid IN ${pidsOf(rows)} AND id BETWEEN ${oldest} AND ${lastOf(rows)})
      WINDOW before AS (PARTITION BY pid, activity ORDER BY id ROWS UNBOUNDED PRECEDING))
    WHERE kind = 0`;
}

function takenOf(rows: readonly Row[]): ReadonlyMap<number, Taken> {
  return new Map(
    rows.map(([id, received, handled]) => [
      asNumber(id),
      { received: asNumberOrNull(received) ?? 0, handled: asNumberOrNull(handled) ?? 0 },
    ]),
  );
}

/** For each row that a behaviour took: where the process received it. */
export async function receivedBefore(
  source: Source,
  handles: readonly AskedRow[],
): Promise<ReadonlyMap<number, number>> {
  if (handles.length === 0) return new Map();
  const found = await select(
    source,
    sql`SELECT a.id::DOUBLE, t.id::DOUBLE FROM (${table(handles)}) a ASOF JOIN (
        SELECT id, pid, payload FROM raw.events
        WHERE kind = ${RECEIVE} AND pid IN ${pidsOf(handles)} AND id < ${lastOf(handles)}
          AND payload IN ${idSet(new Set(handles.map(({ payload }) => payload)))}) t
      ON t.pid = a.pid AND t.payload = a.payload AND t.id < a.id`,
  );
  return pairs(found);
}

/** For each row the event that brought the value which its process's state had: versions may repeat a value. */
export async function stateBefore(
  source: Source,
  readers: readonly AskedRow[],
): Promise<ReadonlyMap<number, number>> {
  if (readers.length === 0) return new Map();
  const found = await select(
    source,
    sql`SELECT a.id::DOUBLE, s.event::DOUBLE FROM (${table(readers)}) a ASOF JOIN (
        SELECT pid, event FROM (
          SELECT pid, event, state, lag(state) OVER (PARTITION BY pid ORDER BY event) AS before FROM raw.states
          WHERE pid IN ${pidsOf(readers)} AND event < ${lastOf(readers)})
        WHERE state IS DISTINCT FROM before) s
      ON s.pid = a.pid AND s.event < a.id`,
  );
  return pairs(found);
}

/** Those of the calls whose return brought a new state. */
export async function callbacksAmong(
  source: Source,
  calls: readonly AskedRow[],
): Promise<readonly AskedRow[]> {
  const ended = calls.filter(({ exitEvent }) => exitEvent !== 0);
  if (ended.length === 0) return [];
  const ends = ended.map(({ exitEvent }) => exitEvent);
  const found = await select(
    source,
    sql`SELECT event::DOUBLE FROM raw.states WHERE event IN ${idSet(ends)} AND event ${extentSql(ends)}`,
  );
  const withState = new Set(found.map(([event]) => asNumber(event)));
  return ended.filter(({ exitEvent }) => withState.has(exitEvent));
}

export type Done = { readonly event: number; readonly kind: number };

/** For each exception what its process had done last in that activity, but for what it received meanwhile. */
export async function doneBefore(
  source: Source,
  exceptions: readonly AskedRow[],
): Promise<ReadonlyMap<number, Done>> {
  if (exceptions.length === 0) return new Map();
  const oldest = exceptions.reduce((least, { inside }) => Math.min(least, inside), Infinity);
  const found = await select(
    source,
    sql`SELECT a.id::DOUBLE, t.id::DOUBLE, t.kind
      FROM (${table(exceptions)}) a ASOF JOIN (
        SELECT id, pid, coalesce(correlation, 0) AS activity, kind FROM raw.events
        WHERE kind <> ${RECEIVE} AND pid IN ${pidsOf(exceptions)} AND id BETWEEN ${oldest} AND ${lastOf(exceptions)}) t
      ON t.pid = a.pid AND t.activity = a.activity AND t.id < a.id`,
  );
  return new Map(
    found.map(([id, event, kind]) => [
      asNumber(id),
      { event: asNumber(event), kind: asNumber(kind) },
    ]),
  );
}

/** `spawn` is null where the parent's event was not recorded. */
export type Beginning = { readonly first: number; readonly spawn: number | null };

/**
 * By process: how each began that was spawned in the recording. A process and its parent report apart, so the
 * spawn may have been heard after the first thing that the child did: its time and parent tell which one it is.
 */
export async function beginnings(
  source: Source,
  rows: readonly AskedRow[],
): Promise<ReadonlyMap<number, Beginning>> {
  if (rows.length === 0) return new Map();
  const spawned = await select(
    source,
    sql`SELECT pid, coalesce(parent, 0), t_spawned FROM base.processes WHERE pid IN ${pidsOf(rows)} AND t_spawned > 0`,
  );
  if (spawned.length === 0) return new Map();
  const times = spawned.map((row) => asNumber(row[2]));
  const [from, to] = extentOf(times);
  const [spawns, firsts] = await Promise.all([
    select(
      source,
      sql`SELECT pid, t, id::DOUBLE FROM raw.events
        WHERE kind = ${SPAWN} AND t BETWEEN ${from} AND ${to} AND pid IN ${idSet(new Set(spawned.map((row) => asNumber(row[1]))))}`,
    ),
    select(
      source,
      sql`SELECT pid, min(id)::DOUBLE FROM raw.events
        WHERE pid IN ${pidsOf(rows)} AND t >= ${from} AND id <= ${lastOf(rows)} GROUP BY pid`,
    ),
  ]);
  const spawnAt = new Map(
    spawns.map((row) => [`${asNumber(row[0])} ${asNumber(row[1])}`, asNumber(row[2])]),
  );
  const firstOf = pairs(firsts);
  return new Map(
    spawned.flatMap((row): readonly [number, Beginning][] => {
      const pid = asNumber(row[0]);
      const first = firstOf.get(pid);
      const spawn = spawnAt.get(`${asNumber(row[1])} ${asNumber(row[2])}`) ?? null;
      return first === undefined ? [] : [[pid, { first, spawn }]];
    }),
  );
}

function table(rows: readonly AskedRow[]): Sql {
  const column = (name: keyof AskedRow): Sql => idArray(rows.map((row) => row[name]));
  return sql`SELECT unnest(${column("id")}) AS id, unnest(${column("pid")}) AS pid, unnest(${column("activity")}) AS activity,
    unnest(${column("payload")}) AS payload`;
}

function pidsOf(rows: readonly AskedRow[]): Sql {
  return pidSet(new Set(rows.map(({ pid }) => pid)));
}

/** For `IN`. A few are named in the text: row groups are skipped by them. */
export function pidSet(pids: ReadonlySet<number>): Sql {
  return pids.size > MAX_NAMED ? idSet(pids) : sql`${[...pids]}`;
}

function lastOf(rows: readonly AskedRow[]): number {
  return extentOf(rows.map(({ id }) => id))[1];
}

function pairs(rows: readonly Row[]): ReadonlyMap<number, number> {
  return new Map(rows.map(([key, value]) => [asNumber(key), asNumber(value)]));
}
