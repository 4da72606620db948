// Synchronous calls as stretches of waiting. A caller waits from its request to the reply, or to the first
// thing that it did without one. What only happens to it (a message that arrives) does not count.

import { EVENT_KINDS, MESSAGE_KINDS, type EventKind } from "@elixirscope/trace";
import { PASSIVE_CODES } from "../event-kinds.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";

const CALL = MESSAGE_KINDS.indexOf("call");
export type Wait = {
  readonly message: number;
  readonly caller: number;
  readonly server: number | null;
  readonly from: number;
  readonly arrived: number | null;
  readonly sendEvent: number;
  readonly body: number | null;
};

/** What ended a wait: the reply, or the first thing that the caller did; all null: nothing did. */
export type WaitOver = {
  readonly t: number | null;
  readonly event: number | null;
  readonly kind: EventKind | "reply" | null;
  readonly payload: Uint8Array | null;
};

const COLUMNS = sql`m.message, m.from_pid, m.to_pid, m.t_sent, m.t_received, m.send_event, m.body`;

/** Calls of `[from, to]` without a reply that arrived; the latest `limit` of `total`, early ones first. */
export async function unansweredCalls(
  source: Source,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): Promise<{ readonly waits: readonly Wait[]; readonly total: number; readonly calls: number }> {
  const asked = sql`kind = ${CALL} AND t_sent BETWEEN ${from} AND ${to} AND from_pid IS NOT NULL`;
  const [rows, counted] = await Promise.all([
    select(
      source,
      sql`SELECT ${COLUMNS}, count(*) OVER () AS total
        FROM (SELECT * FROM raw.messages WHERE ${asked}) m
          ANTI JOIN (SELECT reply_to FROM raw.messages
            WHERE reply_to IS NOT NULL AND t_received >= ${from}) r ON r.reply_to = m.message
        ORDER BY m.t_sent DESC, m.message DESC LIMIT ${limit}`,
    ),
    select(source, sql`SELECT count(*) FROM raw.messages WHERE ${asked}`),
  ]);
  return {
    waits: rows.map(waitOf).toReversed(),
    total: rows[0] === undefined ? 0 : asNumber(rows[0][7]),
    calls: asNumber(counted[0]?.[0] ?? 0),
  };
}

/** For each `[process, instant]` its latest call up to then, which may have been answered. */
export async function latestCalls(
  source: Source,
  asked: readonly (readonly [pid: number, t: number])[],
): Promise<readonly (Wait | null)[]> {
  if (asked.length === 0) return [];
  const pids = [...new Set(asked.map(([pid]) => pid))];
  const latest = asked.reduce((max, [, t]) => Math.max(max, t), 0);
  const rows = await select(
    source,
    sql`SELECT ${COLUMNS}, q.place FROM (SELECT unnest(${numbers(asked.map((_, i) => i))}) AS place,
          unnest(${numbers(pidsOf(asked))}) AS pid, unnest(${numbers(asked.map(([, t]) => t))}) AS t) q
        ASOF JOIN (SELECT * FROM raw.messages
          WHERE kind = ${CALL} AND from_pid IN ${pids} AND t_sent <= ${latest}) m
        ON m.from_pid = q.pid AND q.t >= m.t_sent`,
  );
  const found = new Map(rows.map((row) => [asNumber(row[7]), waitOf(row)]));
  return asked.map((_, i) => found.get(i) ?? null);
}

/** For each wait what ended it. */
export async function endsOf(
  source: Source,
  waits: readonly Wait[],
): Promise<ReadonlyMap<number, WaitOver>> {
  if (waits.length === 0) return new Map();
  const pids = [...new Set(waits.map(({ caller }) => caller))];
  const messages = waits.map(({ message }) => message);
  const first = waits.reduce((min, { from }) => Math.min(min, from), Infinity);
  const [replies, acts] = await Promise.all([
    select(
      source,
      sql`SELECT reply_to, min(t_received), min(receive_event) FROM raw.messages
        WHERE reply_to IN ${messages} AND t_received IS NOT NULL GROUP BY reply_to`,
    ),
    select(
      source,
      sql`SELECT f.message, f.t, f.id, f.kind, payload(f.payload)
        FROM (SELECT q.message, e.t, e.id, e.kind, e.payload
          FROM (SELECT unnest(${numbers(messages)}) AS message, unnest(${numbers(waits.map(({ caller }) => caller))}) AS pid,
              unnest(${numbers(waits.map(({ sendEvent }) => sendEvent))}) AS sent) q
            ASOF JOIN (SELECT id, t, pid, kind, payload FROM raw.events
              WHERE pid IN ${pids} AND t >= ${first} AND kind NOT IN ${PASSIVE_CODES}) e
            ON e.pid = q.pid AND q.sent < e.id) f`,
    ),
  ]);
  const ends = new Map<number, WaitOver>(waits.map(({ message }) => [message, NEVER]));
  for (const row of acts) {
    const kind = EVENT_KINDS[asNumber(row[3])] ?? "none";
    const at = { t: asNumber(row[1]), event: asNumber(row[2]) };
    ends.set(asNumber(row[0]), { ...at, kind, payload: asBytesOrNull(row[4]) });
  }
  for (const row of replies) {
    const [message, t] = [asNumber(row[0]), asNumber(row[1])];
    const acted = ends.get(message)?.t ?? null;
    // a reply that comes after the caller went on ended nothing
    if (acted !== null && acted < t) continue;
    ends.set(message, { t, event: asNumberOrNull(row[2]), kind: "reply", payload: null });
  }
  return ends;
}

const NEVER: WaitOver = { t: null, event: null, kind: null, payload: null };

function waitOf(row: Row): Wait {
  return {
    message: asNumber(row[0]),
    caller: asNumber(row[1]),
    server: asNumberOrNull(row[2]),
    from: asNumber(row[3]),
    arrived: asNumberOrNull(row[4]),
    sendEvent: asNumberOrNull(row[5]) ?? asNumber(row[0]),
    body: asNumberOrNull(row[6]),
  };
}

function pidsOf(asked: readonly (readonly [pid: number, t: number])[]): readonly number[] {
  return asked.map(([pid]) => pid);
}

/** A list as DuckDB writes it. */
function numbers(values: readonly number[]): Sql {
  return sql`list_value${values}`;
}
