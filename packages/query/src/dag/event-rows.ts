// The rows that graphs of events are made of, by ranges of ids: events, and the edges between processes
// that the recording has. An edge belongs to the range of its later end.

import { CONFIDENCES, LINK_TYPES, MESSAGE_MATCHES, type LinkType } from "@elixirscope/trace";
import { asNumber, select, sql, type Source, type Sql } from "../sql.ts";
import type { EventEdge, EventPoint } from "./event-graph.ts";
import { inIds, ofPids, type IdRange, type Scope } from "./scope.ts";

/** A live recording answers with no more rows. */
const MAX_EDGES = 100_000;

/** A condition on `raw.events`. */
export function eventsWhere(scope: Scope, ids: IdRange): Sql {
  const { from, to } = scope;
  return sql`${inIds(sql`id`, ids)} AND t BETWEEN ${from} AND ${to} AND pid IS NOT NULL AND ${ofPids(sql`pid`, scope)}`;
}

/** By id, with how many there are beyond the limit. */
export async function eventPoints(
  source: Source,
  scope: Scope,
  ids: IdRange,
  limit: number,
  kinds: readonly number[] | null = null,
): Promise<{ readonly points: readonly EventPoint[]; readonly more: number }> {
  const ofKind = kinds === null ? sql`true` : sql`kind IN ${kinds}`;
  const where = sql`${eventsWhere(scope, ids)} AND ${ofKind}`;
  const rows =
    limit === 0
      ? []
      : await select(
          source,
          sql`SELECT id::DOUBLE, t::DOUBLE, pid, kind FROM raw.events WHERE ${where} ORDER BY id LIMIT ${limit}`,
        );
  const points = rows.map((row) => ({
    id: asNumber(row[0]),
    t: asNumber(row[1]),
    pid: asNumber(row[2]),
    kind: asNumber(row[3]),
  }));
  if (points.length < limit) return { points, more: 0 };
  const [count] = await select(source, sql`SELECT count(*) FROM raw.events WHERE ${where}`);
  return { points, more: asNumber(count?.[0] ?? 0) - points.length };
}

/** Rows can come this many ids after their later end; who takes an edge twice has it once. */
const LATE = 10_000;

function lately({ after, upTo }: IdRange): IdRange {
  return { after: Math.max(0, after - LATE), upTo };
}

/** From send to receive, where both are known to be of one message. */
export async function messageEdges(
  source: Source,
  scope: Scope,
  ids: IdRange,
): Promise<readonly EventEdge[]> {
  const rows = await select(
    source,
    sql`SELECT send_event::DOUBLE, receive_event::DOUBLE, match FROM raw.messages
      WHERE match <> 0 AND send_event IS NOT NULL AND ${inIds(sql`greatest(send_event, receive_event)`, lately(ids))}
        AND t_received >= ${scope.from} AND t_sent <= ${scope.to}
        AND ${ofPids(sql`from_pid`, scope)} AND ${ofPids(sql`to_pid`, scope)}
      ORDER BY greatest(send_event, receive_event) LIMIT ${MAX_EDGES}`,
  );
  return rows.map((row) => ({
    source: asNumber(row[0]),
    target: asNumber(row[1]),
    type: "message",
    confidence: MESSAGE_MATCHES[asNumber(row[2])] === "exact" ? "exact" : "ordered",
  }));
}

export async function linkEdges(
  source: Source,
  scope: Scope,
  ids: IdRange,
  types: readonly LinkType[],
): Promise<readonly EventEdge[]> {
  const { pids, from, to } = scope;
  const codes = types.map((type) => LINK_TYPES.indexOf(type));
  const own = sql`(SELECT id FROM raw.events WHERE ${ofPids(sql`pid`, scope)} AND t BETWEEN ${from} AND ${to})`;
  const between =
    pids === null ? sql`true` : sql`source_event IN ${own} AND target_event IN ${own}`;
  const rows = await select(
    source,
    sql`SELECT source_event::DOUBLE, target_event::DOUBLE, type, confidence FROM raw.links
      WHERE type IN ${codes} AND ${inIds(sql`greatest(source_event, target_event)`, lately(ids))} AND ${between}
      ORDER BY greatest(source_event, target_event) LIMIT ${MAX_EDGES}`,
  );
  return rows.map((row) => ({
    source: asNumber(row[0]),
    target: asNumber(row[1]),
    type: LINK_TYPES[asNumber(row[2])] ?? "link",
    confidence: CONFIDENCES[asNumber(row[3])] ?? "inferred",
  }));
}
