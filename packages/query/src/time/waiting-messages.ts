// Which messages lay in mailboxes at an instant, as SQL over all processes or one.
//
// The VM tells that a message arrived when the process looks at its mailbox and finds all that have come
// since; an OTP behaviour then takes them one by one and reports each. A message waits from its send to
// that report, or to its arrival where nothing reports. Message and report share one payload reference.

import {
  CONFIDENCES,
  EVENT_KINDS,
  LINK_TYPES,
  MESSAGE_KINDS,
  MESSAGE_MATCHES,
} from "@elixirscope/trace";
import { sql, type Sql } from "../sql.ts";

const HANDLE = EVENT_KINDS.indexOf("handle");
const EXACT_MATCH = MESSAGE_MATCHES.indexOf("exact");
const EXACT = CONFIDENCES.indexOf("exact");
const ORDERED = CONFIDENCES.indexOf("ordered");
const INFERRED = CONFIDENCES.indexOf("inferred");
const ANNOUNCED = (["down", "exit"] as const).map((kind) => MESSAGE_KINDS.indexOf(kind));
const FOR_BEHAVIOURS = (["call", "cast"] as const).map((kind) => MESSAGE_KINDS.indexOf(kind));
const FOR_EVER = Number.MAX_SAFE_INTEGER;
const ANNOUNCING = (["monitor", "exit"] as const).map((type) => LINK_TYPES.indexOf(type));

/**
 * Rows `message, from_pid, to_pid, t_sent, t_received, kind, body, send_event, receive_event, certainty, queue`.
 * `queue`: 0 where the process had seen it arrive, 1 where it had not. What was sent to a registered name that
 * nobody had has no receiver and is not here.
 */
export function waitingSql(pids: readonly number[], t: number): Sql {
  const ends = sql`m.t_received, m.kind, m.body, m.send_event, m.receive_event`;
  const columns = sql`m.message, m.from_pid, m.to_pid, m.t_sent, ${ends}`;
  // what a behaviour takes after `t` and had arrived by then
  const arrived = sql`SELECT ${columns}, ${EXACT} AS certainty, 0 AS queue
    FROM (SELECT DISTINCT pid, payload FROM raw.events WHERE t > ${t} AND kind = ${HANDLE} AND pid IN ${pids}) h
      JOIN raw.messages m ON m.body = h.payload AND m.to_pid = h.pid WHERE m.t_received <= ${t}`;
  const sent = sql`SELECT ${columns}, CASE WHEN m.match = ${EXACT_MATCH} THEN ${EXACT} ELSE ${ORDERED} END, 1
    FROM raw.messages m WHERE m.t_sent <= ${t} AND m.t_received > ${t} AND m.to_pid IN ${pids}`;
  // an exit tells those who watch: its signal is on the way from then on
  const announced = sql`SELECT m.message, m.from_pid, m.to_pid, x.t_exited, ${ends}, ${INFERRED}, 1
    FROM raw.messages m JOIN base.processes x ON x.pid = m.from_pid
    WHERE m.t_sent IS NULL AND m.t_received > ${t} AND x.t_exited <= ${t} AND m.kind IN ${ANNOUNCED} AND m.to_pid IN ${pids}
      AND m.receive_event IN (SELECT target_event FROM raw.links WHERE "type" IN ${ANNOUNCING})`;
  // a behaviour takes messages in their order: calls and casts behind the last that it took were never taken
  const left = sql`SELECT ${columns}, ${INFERRED}, 0
    FROM (SELECT x.to_pid AS pid, max(x.receive_event) AS last FROM (${takenSql(pids, FOR_EVER)}) h
        JOIN raw.messages x ON x.to_pid = h.pid AND x.body = h.payload GROUP BY x.to_pid) l
      JOIN raw.messages m ON m.to_pid = l.pid AND m.receive_event > l.last
    WHERE m.t_received <= ${t} AND m.kind IN ${FOR_BEHAVIOURS}`;
  return sql`${arrived} UNION ALL ${left} UNION ALL ${sent} UNION ALL ${announced} UNION ALL ${unmatchedSql(pids, t)}`;
}

/**
 * Sends without a known arrival, less as many arrivals from the same sender without a known send:
 * between two processes messages arrive in their order, so the oldest ones are those that did.
 */
function unmatchedSql(pids: readonly number[], t: number): Sql {
  const to = sql`to_pid IN ${pids}`;
  return sql`SELECT s.message, s.from_pid, s.to_pid, s.t_sent, s.t_received, s.kind, s.body, s.send_event, s.receive_event, ${INFERRED}, 1
    FROM (SELECT *, row_number() OVER (PARTITION BY from_pid, to_pid ORDER BY t_sent, message) AS place
        FROM raw.messages WHERE t_sent <= ${t} AND t_received IS NULL AND ${to}) s
      LEFT JOIN (SELECT from_pid, to_pid, count(*) AS arrived FROM raw.messages
        WHERE t_received <= ${t} AND t_sent IS NULL AND ${to} GROUP BY ALL) r
        ON r.from_pid = s.from_pid AND r.to_pid = s.to_pid
    WHERE s.place > coalesce(r.arrived, 0)`;
}

/** `pid, event, t, payload` of the message that each process had taken last at an instant. */
export function takenSql(pids: readonly number[], t: number): Sql {
  return sql`SELECT pid, max(id) AS event, arg_max(t, id) AS t, arg_max(payload, id) AS payload
    FROM raw.events WHERE t <= ${t} AND kind = ${HANDLE} AND pid IN ${pids} GROUP BY pid`;
}
