// What took longest from begin to end, to choose one for its critical path: outermost calls, and call messages
// until their replies.

import { MESSAGE_KINDS } from "@elixirscope/trace";
import type { SlowRequest, SlowRequests, TimeRange } from "@elixirscope/wire";
import { eventFacts, eventTitle } from "../event-facts.ts";
import { limitsOf } from "../limits.ts";
import { styleOf } from "../print.ts";
import { processRefs, type ProcessRef } from "../process-refs.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source } from "../sql.ts";

const CALL = MESSAGE_KINDS.indexOf("call");
const REPLY = MESSAGE_KINDS.indexOf("reply");

export async function slowRequests(
  source: Source,
  range: TimeRange,
  { limit }: { readonly limit: number },
): Promise<SlowRequests> {
  const [calls, requests] = await Promise.all([
    outermostCalls(source, range, limit),
    exchanges(source, range, limit),
  ]);
  const rows = [...calls, ...requests];
  const style = styleOf(source.manifest);
  const [facts, refs, limits] = await Promise.all([
    eventFacts(
      source,
      rows.map((row) => asNumber(row[0])),
    ),
    processRefs(
      source,
      rows.flatMap((row) => [row[1], row[4]].map((pid) => asNumberOrNull(pid) ?? 0)),
    ),
    limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, ["calls", "messages"]),
  ]);
  const ref = (pid: unknown): ProcessRef =>
    refs.get(asNumberOrNull(pid) ?? 0) ?? { pid: "?", name: null };
  const found = rows.map((row): SlowRequest => {
    const event = asNumber(row[0]);
    const known = facts.get(event);
    return {
      event,
      kind: row[4] === null ? "call" : "request",
      title: known === undefined ? "" : eventTitle(known, style),
      ...ref(row[1]),
      to: row[4] === null ? null : ref(row[4]),
      t: asNumber(row[2]),
      ns: asNumber(row[3]),
    };
  });
  return { range, requests: found.toSorted((a, b) => b.ns - a.ns || a.event - b.event), limits };
}

/** `event, pid, t, ns, to` */
async function outermostCalls(
  source: Source,
  { t0, t1 }: TimeRange,
  limit: number,
): Promise<readonly Row[]> {
  return await select(
    source,
    sql`SELECT call::DOUBLE, pid, t_enter::DOUBLE, (t_exit - t_enter)::DOUBLE AS ns, NULL FROM raw.calls
      WHERE t_enter BETWEEN ${t0} AND ${t1} AND t_exit IS NOT NULL AND parent_call IS NULL AND pid IS NOT NULL
      ORDER BY ns DESC, call LIMIT ${limit}`,
  );
}

async function exchanges(
  source: Source,
  { t0, t1 }: TimeRange,
  limit: number,
): Promise<readonly Row[]> {
  return await select(
    source,
    sql`SELECT c.send_event::DOUBLE, c.from_pid, c.t_sent::DOUBLE, (r.t_received - c.t_sent)::DOUBLE AS ns, c.to_pid
      FROM (SELECT message, send_event, from_pid, to_pid, t_sent FROM raw.messages
          WHERE kind = ${CALL} AND t_sent BETWEEN ${t0} AND ${t1} AND send_event IS NOT NULL AND to_pid IS NOT NULL) c
        JOIN (SELECT reply_to, min(t_received) AS t_received FROM raw.messages
          WHERE kind = ${REPLY} AND t_received >= ${t0} AND reply_to IS NOT NULL GROUP BY reply_to) r
        ON r.reply_to = c.message
      ORDER BY ns DESC, c.send_event LIMIT ${limit}`,
  );
}
