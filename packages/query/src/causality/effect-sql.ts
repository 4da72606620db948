// Which events the given ones may have caused: all targets of edges out of them are among the answer. What is
// too much of it is sorted out by the edges themselves, so each part only has to be complete and narrow.

import { kindCode } from "../event-kinds.ts";
import { UNMATCHED, WITHIN_NS } from "./guessed-messages.ts";
import { sql, type Sql } from "../sql.ts";
import { extentOf } from "../part-rows.ts";
import { idSet } from "./asked-rows.ts";

const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
const CALL = kindCode("call");
const EXCEPTION = kindCode("exception");
const EXIT = kindCode("exit");
const SPAWN = kindCode("spawn");

/** Rows `id`. */
export function effectCandidates(events: readonly number[]): Sql {
  const [from, to] = extentOf(events);
  return sql`WITH given AS MATERIALIZED (
      SELECT id, t, pid, kind, payload, coalesce(correlation, 0) AS activity FROM raw.events
      WHERE id IN ${idSet(events)} AND id BETWEEN ${from} AND ${to})
    ${direct(from)} UNION ${childrenOfSpawns} UNION ${afterInputs(from)} UNION ${afterStates(from)} UNION ${afterExceptions(from)}`;
}

/** What names the event: as its frame, its caller, its send, its source. */
function direct(from: number): Sql {
  return sql`SELECT e.id FROM raw.events e JOIN given g ON e.frame = g.id WHERE e.id > ${from}
    UNION SELECT c.call FROM raw.calls c JOIN given g ON c.parent_call = g.id WHERE c.call > ${from}
    UNION SELECT m.receive_event FROM raw.messages m JOIN given g ON m.send_event = g.id
      WHERE m.receive_event IS NOT NULL
    UNION SELECT r.receive_event FROM raw.messages r
      JOIN (SELECT from_pid, t_sent FROM raw.messages WHERE send_event IN (SELECT id FROM given) AND ${UNMATCHED}) s
        ON s.from_pid = r.from_pid AND r.t_received BETWEEN s.t_sent AND s.t_sent + ${WITHIN_NS}
      WHERE r.receive_event IS NOT NULL AND r.match = 0
    UNION SELECT l.target_event FROM raw.links l JOIN given g ON l.source_event = g.id`;
}

/** The first events of the processes that were spawned; they may have been heard before the spawn. */
const childrenOfSpawns: Sql = sql`SELECT min(e.id) FROM raw.events e
  WHERE e.pid IN (SELECT x.pid FROM given g JOIN base.processes x ON x.parent = g.pid AND x.t_spawned = g.t
      WHERE g.kind = ${SPAWN})
    AND e.t >= (SELECT min(t) FROM given WHERE kind = ${SPAWN})
  GROUP BY e.pid`;

/** What a process did between taking a message, or its beginning, and the next message of that activity. */
function afterInputs(from: number): Sql {
  return sql`SELECT id FROM (
      WITH inputs AS MATERIALIZED (SELECT * FROM given g WHERE kind IN ${[RECEIVE, HANDLE]}
          OR id IN (SELECT min(id) FROM raw.events WHERE pid IN (SELECT pid FROM given) GROUP BY pid)),
        later AS MATERIALIZED (SELECT id, pid, kind, payload, coalesce(correlation, 0) AS activity FROM raw.events
          WHERE pid IN (SELECT pid FROM inputs) AND id >= ${from}),
        received AS (SELECT * FROM later WHERE kind = ${RECEIVE}),
        handled AS (SELECT * FROM later WHERE kind = ${HANDLE})
      SELECT e.id FROM later e
        ASOF LEFT JOIN received r ON r.pid = e.pid AND r.activity = e.activity AND r.id < e.id
        ASOF LEFT JOIN handled h ON h.pid = e.pid AND h.activity = e.activity AND h.id < e.id
        WHERE (r.id IS NULL AND h.id IS NULL) OR r.id IN (SELECT id FROM inputs) OR h.id IN (SELECT id FROM inputs)
      UNION SELECT e.id FROM later e JOIN inputs i ON e.pid = i.pid AND e.payload = i.payload AND e.id > i.id
        WHERE e.kind = ${HANDLE} AND i.kind = ${RECEIVE})`;
}

/** The messages that a process took, and the calls that it began, until its state was another one. */
function afterStates(from: number): Sql {
  return sql`SELECT id FROM (
      WITH versions AS MATERIALIZED (SELECT pid, event, state,
          lag(state) OVER (PARTITION BY pid ORDER BY event) AS before FROM raw.states
        WHERE event >= ${from} AND pid IN (SELECT g.pid FROM given g JOIN raw.states s ON s.event = g.id))
      SELECT e.id FROM (SELECT id, pid FROM raw.events WHERE kind IN ${[HANDLE, CALL]} AND id > ${from}
          AND pid IN (SELECT pid FROM versions)) e
        ASOF JOIN (SELECT pid, event FROM versions WHERE state IS DISTINCT FROM before) s
          ON s.pid = e.pid AND s.event < e.id
        WHERE s.event IN (SELECT id FROM given))`;
}

/** The caller's exception, and the end of the process. */
function afterExceptions(from: number): Sql {
  return sql`SELECT id FROM (
      SELECT e.id, row_number() OVER (PARTITION BY g.id ORDER BY e.kind = ${EXIT}, e.id) AS nth, e.kind
      FROM given g JOIN raw.events e ON e.pid = g.pid AND e.id > g.id
      WHERE g.kind = ${EXCEPTION} AND e.id > ${from} AND e.kind IN ${[EXCEPTION, EXIT]})
    WHERE nth = 1 OR kind = ${EXIT}`;
}
