// Messages with the times at which they came to a mailbox and left it, as SQL.
//
// A message has left when a behaviour took it to its callback (its `handle` event has the same payload);
// in a process that reports no handling, and for what is received inside of a callback (replies), when
// it was received. A behaviour takes calls and casts in the order in which they came: one that it
// received after the last that it took is in the mailbox still, until the process ends.
// What has no recorded send (VM, timers, other nodes) counts from its receive on. A receive that timed out
// is told as a message from nobody, and nobody handles it: that is none.

import { MESSAGE_KINDS, type MessageKind } from "@elixirscope/trace";
import type { TimeRange } from "@elixirscope/wire";
import { kindCode } from "../event-kinds.ts";
import { sql, type Sql } from "../sql.ts";

const HANDLE = kindCode("handle");
const CALL = codeOf("call");
const CAST = codeOf("cast");

export function codeOf(kind: MessageKind): number {
  return MESSAGE_KINDS.indexOf(kind);
}

/**
 * Rows `to_pid, from_pid, message, kind, receive_event, arrived, gone, is_handled` of the messages that were in
 * a mailbox at any time of the range; `gone` is NULL for those that are in it still. `pids`: null for all.
 */
export function mailSql({ t0, t1 }: TimeRange, pids: readonly number[] | null): Sql {
  const of = (column: Sql): Sql => (pids === null ? sql`true` : sql`${column} IN ${pids}`);
  const isAfterLast = sql`coalesce(receive_event > max(receive_event) FILTER (handled IS NOT NULL) OVER (PARTITION BY to_pid), false)`;
  return sql`SELECT to_pid, from_pid, message, kind, receive_event, is_handled, arrived, gone FROM (
    SELECT j.*, least(coalesce(t_sent, t_received), handled, t_received) AS arrived, handled IS NOT NULL AS is_handled,
      CASE WHEN handled IS NOT NULL THEN handled
        WHEN kind IN ${[CALL, CAST]} AND ${isAfterLast} THEN x.t_exited
        ELSE t_received END AS gone
    FROM (SELECT m.to_pid, m.from_pid, m.message, m.kind, m.receive_event, m.t_sent, m.t_received, h.t AS handled
        FROM (SELECT * FROM raw.messages WHERE t_received <= ${t1} AND ${of(sql`to_pid`)}) m
          LEFT JOIN (SELECT pid, payload, min(t) AS t FROM raw.events
            WHERE kind = ${HANDLE} AND t <= ${t1} AND payload IS NOT NULL AND ${of(sql`pid`)} GROUP BY pid, payload) h
            ON h.pid = m.to_pid AND h.payload = m.body
        WHERE m.from_pid IS NOT NULL OR h.t IS NOT NULL) j
      LEFT JOIN (SELECT pid, t_exited FROM base.processes WHERE t_exited IS NOT NULL) x ON x.pid = j.to_pid)
  WHERE gone IS NULL OR gone >= ${t0}`;
}
