// Mailboxes: how many messages lay in each over time, how fast they came and were worked off, and how
// long they waited. Little's law (length = arrival rate × waiting time) holds in any long enough stretch
// in which as much comes as goes; where the two sides differ, the mailbox grew or shrank.

import type { Mailbox, Queues, TimeRange } from "@elixirscope/wire";
import { Buckets, emptyCounts } from "../buckets.ts";
import { kindCode } from "../event-kinds.ts";
import { limitsOf } from "../limits.ts";
import { processRefs } from "../process-refs.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source, type Sql } from "../sql.ts";
import { codeOf, mailSql } from "./mail.ts";

export type QueuesOptions = { readonly limit: number; readonly buckets: number };

/** Beyond this many candidates only the longest mailboxes and those most waited for are looked at. */
const MOST_CANDIDATES = 2_000;

export async function queues(
  source: Source,
  range: TimeRange,
  { limit, buckets }: QueuesOptions,
): Promise<Queues> {
  const span = range.t1 - range.t0;
  const [sums, waited] = await Promise.all([lengthSums(source, range), callersOf(source, range)]);
  const shown = sums.rows.slice(0, limit);
  const pids = shown.map(({ pid }) => pid);
  const [names, lengths, percentiles, services, counts, limits] = await Promise.all([
    processRefs(source, pids),
    lengthsOf(source, range, pids, buckets),
    dwellPercentiles(source, range, pids),
    servicesOf(source, range, pids),
    oneEnded(source, range),
    limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, ["messages", "states"]),
  ]);
  const mailboxes = shown.map((sum): Mailbox => {
    const service = services.get(sum.pid);
    const callers = waited.get(sum.pid);
    const rate = (1e9 * sum.arrivals) / span;
    const mean = sum.dwell.mean;
    return {
      ...(names.get(sum.pid) ?? { pid: "?", name: null }),
      arrivals: sum.arrivals,
      departures: sum.departures,
      arrivalRate: rate,
      serviceRate: service === undefined || service.mean === 0 ? null : 1e9 / service.mean,
      busy: service === undefined ? null : service.busyNs / span,
      meanLength: sum.lengthNs / span,
      longest: lengths.get(sum.pid)?.longest ?? 0,
      lengths: lengths.get(sum.pid)?.lengths ?? [],
      dwell: { ...sum.dwell, ...(percentiles.get(sum.pid) ?? { p50: null, p95: null }) },
      longestDwell: sum.longestDwell,
      dwellEnds: sum.dwellEnds,
      littleLength: mean === null ? null : (rate * mean) / 1e9,
      meanCallers: (callers?.waitedNs ?? 0) / span,
      callers: callers?.callers ?? 0,
      longestCall: callers?.longest ?? null,
    };
  });
  const { onlySent, onlyReceived } = counts;
  const notes = [
    ...limits,
    ...(onlySent > 0
      ? [
          `${onlySent} messages were sent, and no receive of them was recorded: they are not in these numbers`,
        ]
      : []),
    ...(onlyReceived > 0
      ? [
          `${onlyReceived} messages have no recorded send: they lay there at least since they were received`,
        ]
      : []),
  ];
  return { range, mailboxes, more: Math.max(0, sums.total - shown.length), limits: notes };
}

type LengthSum = {
  readonly pid: number;
  readonly arrivals: number;
  readonly departures: number;
  readonly lengthNs: number;
  readonly dwell: { readonly mean: number | null; readonly max: number | null };
  readonly longestDwell: number | null;
  readonly dwellEnds: Mailbox["dwellEnds"];
};

async function lengthSums(
  source: Source,
  range: TimeRange,
): Promise<{ readonly rows: readonly LengthSum[]; readonly total: number }> {
  const { t0, t1 } = range;
  const left = sql`gone BETWEEN ${t0} AND ${t1}`;
  const rows = await select(
    source,
    sql`SELECT to_pid, count(*) FILTER (arrived >= ${t0})::DOUBLE, count(*) FILTER (${left})::DOUBLE,
        sum(least(coalesce(gone, ${t1}), ${t1}) - greatest(arrived, ${t0}))::DOUBLE AS length,
        avg(gone - arrived) FILTER (${left}), max(gone - arrived) FILTER (${left})::DOUBLE,
        ${longestFirst(sql`receive_event`, sql`gone - arrived`)} FILTER (${left})::DOUBLE,
        count(*) FILTER (is_handled)::DOUBLE, count(*) FILTER (NOT is_handled)::DOUBLE, count(*) OVER ()::DOUBLE
      FROM (${mailSql(range, null)}) GROUP BY to_pid ORDER BY length DESC LIMIT ${MOST_CANDIDATES}`,
  );
  return {
    total: asNumberOrNull(rows[0]?.[9]) ?? 0,
    rows: rows.map((row) => ({
      pid: asNumber(row[0]),
      arrivals: asNumber(row[1]),
      departures: asNumber(row[2]),
      lengthNs: asNumber(row[3]),
      dwell: { mean: asNumberOrNull(row[4]), max: asNumberOrNull(row[5]) },
      longestDwell: asNumberOrNull(row[6]),
      dwellEnds: endsOf(asNumber(row[7]), asNumber(row[8])),
    })),
  };
}

function endsOf(handled: number, received: number): Mailbox["dwellEnds"] {
  if (handled === 0) return "received";
  return received === 0 ? "handled" : "mixed";
}

type Lengths = { readonly lengths: readonly number[]; readonly longest: number };

/** How the length went: what came and went per bucket, added up, and the longest at any instant. */
async function lengthsOf(
  source: Source,
  range: TimeRange,
  pids: readonly number[],
  count: number,
): Promise<ReadonlyMap<number, Lengths>> {
  const buckets = new Buckets(range, count);
  const rows = await select(
    source,
    sql`WITH changes AS (
        SELECT to_pid, greatest(arrived, ${range.t0}) AS t, 1 AS change FROM (${mailSql(range, pids)})
        UNION ALL SELECT to_pid, gone, -1 FROM (${mailSql(range, pids)}) WHERE gone <= ${range.t1})
      SELECT to_pid, bucket, sum(change)::DOUBLE, max(length)::DOUBLE FROM (
        SELECT to_pid, ${buckets.sqlOf(sql`t`)} AS bucket, change,
          sum(change) OVER (PARTITION BY to_pid ORDER BY t, change DESC ROWS UNBOUNDED PRECEDING) AS length FROM changes)
      GROUP BY to_pid, bucket ORDER BY to_pid, bucket`,
  );
  const found = new Map<number, { lengths: number[]; longest: number }>();
  for (const row of rows) {
    const pid = asNumber(row[0]);
    const at = found.get(pid) ?? { lengths: emptyCounts(count), longest: 0 };
    found.set(pid, at);
    at.lengths[asNumber(row[1])] = asNumber(row[2]);
    at.longest = Math.max(at.longest, asNumber(row[3]));
  }
  for (const { lengths } of found.values()) {
    let length = 0;
    for (const [i, change] of lengths.entries()) lengths[i] = length += change;
  }
  return found;
}

async function dwellPercentiles(
  source: Source,
  range: TimeRange,
  pids: readonly number[],
): Promise<ReadonlyMap<number, { readonly p50: number | null; readonly p95: number | null }>> {
  const rows = await select(
    source,
    sql`SELECT to_pid, q[1]::DOUBLE, q[2]::DOUBLE FROM (
        SELECT to_pid, quantile_disc(gone - arrived, [0.5, 0.95]) AS q FROM (${mailSql(range, pids)})
        WHERE gone BETWEEN ${range.t0} AND ${range.t1} GROUP BY to_pid)`,
  );
  return new Map(
    rows.map((row) => [
      asNumber(row[0]),
      { p50: asNumberOrNull(row[1]), p95: asNumberOrNull(row[2]) },
    ]),
  );
}

type Service = { readonly busyNs: number; readonly mean: number };

/** A callback lasts from `handle` to the state that follows, or to the process's exit. */
export async function servicesOf(
  source: Source,
  { t0, t1 }: TimeRange,
  pids: readonly number[] | null,
): Promise<ReadonlyMap<number, Service>> {
  const handle = kindCode("handle");
  const kinds = [handle, kindCode("state"), kindCode("exit")];
  const chosen = pids === null ? sql`true` : sql`pid IN ${pids}`;
  const rows = await select(
    source,
    sql`SELECT pid, sum(least(t_next, ${t1}) - greatest(t, ${t0}))::DOUBLE, avg(t_next - t) FROM (
        SELECT pid, t, kind, lead(t) OVER w AS t_next, lead(kind) OVER w AS next FROM raw.events
        WHERE kind IN ${kinds} AND t <= ${t1} AND ${chosen} WINDOW w AS (PARTITION BY pid ORDER BY id))
      WHERE kind = ${handle} AND next <> ${handle} AND t_next >= ${t0} GROUP BY pid`,
  );
  return new Map(
    rows.map((row) => [asNumber(row[0]), { busyNs: asNumber(row[1]), mean: asNumber(row[2]) }]),
  );
}

type Callers = {
  readonly waitedNs: number;
  readonly callers: number;
  readonly longest: number | null;
};

/** By process: who sent it calls, and waited until the reply was there. */
async function callersOf(source: Source, range: TimeRange): Promise<ReadonlyMap<number, Callers>> {
  const { t0, t1 } = range;
  const rows = await select(
    source,
    sql`SELECT c.to_pid, sum(least(r.t_received, ${t1}) - greatest(c.t_sent, ${t0}))::DOUBLE,
        count(DISTINCT c.from_pid)::DOUBLE, ${longestFirst(sql`c.message`, sql`r.t_received - c.t_sent`)}::DOUBLE
      FROM (SELECT message, to_pid, from_pid, t_sent FROM raw.messages
          WHERE kind = ${codeOf("call")} AND t_sent <= ${t1}) c
        JOIN (SELECT reply_to, t_received FROM raw.messages
          WHERE kind = ${codeOf("reply")} AND t_received >= ${t0} AND reply_to IS NOT NULL) r ON r.reply_to = c.message
      WHERE r.t_received >= c.t_sent GROUP BY c.to_pid`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), callersRow(row)]));
}

/** The one that took longest; of several, the first of them. */
function longestFirst(id: Sql, took: Sql): Sql {
  return sql`arg_max(${id}, row(${took}, -(${id}::BIGINT)))`;
}

function callersRow(row: Row): Callers {
  return {
    waitedNs: asNumber(row[1]),
    callers: asNumber(row[2]),
    longest: asNumberOrNull(row[3]),
  };
}

type OneEnded = { readonly onlySent: number; readonly onlyReceived: number };

/** An exit signal comes to no mailbox; the VM's own messages have no send. */
async function oneEnded(source: Source, { t0, t1 }: TimeRange): Promise<OneEnded> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FILTER (t_received IS NULL AND t_sent BETWEEN ${t0} AND ${t1})::DOUBLE,
        count(*) FILTER (t_sent IS NULL AND from_pid IS NOT NULL AND t_received BETWEEN ${t0} AND ${t1})::DOUBLE
      FROM raw.messages WHERE kind NOT IN ${[codeOf("exit"), codeOf("down")]}`,
  );
  return { onlySent: asNumber(row?.[0]), onlyReceived: asNumber(row?.[1]) };
}
