// Messages that were on their way to processes at an instant, or lay in their mailboxes unseen, as SQL.

import { CONFIDENCES, LINK_TYPES, MESSAGE_KINDS, MESSAGE_MATCHES } from "@elixirscope/trace";
import { sql, type Sql } from "../sql.ts";

const EXACT_MATCH = MESSAGE_MATCHES.indexOf("exact");
const EXACT = CONFIDENCES.indexOf("exact");
const ORDERED = CONFIDENCES.indexOf("ordered");
const INFERRED = CONFIDENCES.indexOf("inferred");
const ANNOUNCED = (["down", "exit"] as const).map((kind) => MESSAGE_KINDS.indexOf(kind));
const ANNOUNCING = (["monitor", "exit"] as const).map((type) => LINK_TYPES.indexOf(type));

/**
 * Rows `message, to_pid, t_sent, confidence` of what was sent by `t` and had not arrived. What was sent to a
 * registered name that nobody had has no receiver and is not here.
 */
export function unseenSql(pids: readonly number[], t: number): Sql {
  const sent = sql`SELECT message, to_pid, t_sent, CASE WHEN match = ${EXACT_MATCH} THEN ${EXACT} ELSE ${ORDERED} END AS confidence
    FROM raw.messages WHERE t_sent <= ${t} AND t_received > ${t} AND to_pid IN ${pids}`;
  // an exit tells those who watch: its signal is on the way from then on
  const announced = sql`SELECT m.message, m.to_pid, x.t_exited, ${INFERRED}
    FROM raw.messages m JOIN base.processes x ON x.pid = m.from_pid
    WHERE m.t_sent IS NULL AND m.t_received > ${t} AND x.t_exited <= ${t} AND m.kind IN ${ANNOUNCED} AND m.to_pid IN ${pids}
      AND m.receive_event IN (SELECT target_event FROM raw.links WHERE "type" IN ${ANNOUNCING})`;
  return sql`${sent} UNION ALL ${announced} UNION ALL ${unmatchedSql(pids, t)}`;
}

/**
 * Sends without a known arrival, less as many arrivals from the same sender without a known send:
 * between two processes messages arrive in their order, so the oldest ones are those that did.
 */
function unmatchedSql(pids: readonly number[], t: number): Sql {
  const to = sql`to_pid IN ${pids}`;
  return sql`SELECT s.message, s.to_pid, s.t_sent, ${INFERRED}
    FROM (SELECT *, row_number() OVER (PARTITION BY from_pid, to_pid ORDER BY t_sent, message) AS place
        FROM raw.messages WHERE t_sent <= ${t} AND t_received IS NULL AND ${to}) s
      LEFT JOIN (SELECT from_pid, to_pid, count(*) AS arrived FROM raw.messages
        WHERE t_received <= ${t} AND t_sent IS NULL AND ${to} GROUP BY ALL) r
        ON r.from_pid = s.from_pid AND r.to_pid = s.to_pid
    WHERE s.place > coalesce(r.arrived, 0)`;
}
