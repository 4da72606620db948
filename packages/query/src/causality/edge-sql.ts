// The query that finds all edges into a set of events. Each part reads one table, narrowed by the least and
// greatest id of the set: the tables rise with the ids nearly everywhere, so most row groups are skipped.

import { CONFIDENCES, LINK_TYPES, MESSAGE_MATCHES, type LinkType } from "@elixirscope/trace";
import { kindCode } from "../event-kinds.ts";
import { sql, type Sql } from "../sql.ts";
import { causeCode, type CauseType } from "./cause-types.ts";

const CALL = kindCode("call");
const RETURN = kindCode("return");
const EXCEPTION = kindCode("exception");
const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
const STATE = kindCode("state");
const EXACT = CONFIDENCES.indexOf("exact");
const ORDERED = CONFIDENCES.indexOf("ordered");
const EXACTLY = MESSAGE_MATCHES.indexOf("exact");
const NONE = MESSAGE_MATCHES.indexOf("none");

/** What a recorded link says, by its code. */
const OF_LINK: Readonly<Record<LinkType, CauseType>> = {
  message: "message",
  reply: "reply",
  spawn: "spawn",
  link: "link",
  monitor: "monitor",
  exit: "exit",
  state: "state_write",
};

/** The events meant: a condition on `raw.events e`, and the least and greatest id among them. */
export type Asked = { readonly where: Sql; readonly from: number; readonly to: number };

export function askedIds(events: readonly number[]): Asked {
  const [from, to] = extentOf(events);
  return { where: sql`e.id IN ${events}`, from, to };
}

export function extentOf(events: readonly number[]): readonly [from: number, to: number] {
  let from = Infinity;
  let to = 0;
  for (const event of events) {
    from = Math.min(from, event);
    to = Math.max(to, event);
  }
  return [from, to];
}

/** Rows `source, target, type, confidence`, by target, then source; all as DOUBLE, which is read fastest. */
export function edgesInto(asked: Asked): Sql {
  return sql`WITH ${askedEvents(asked)}, ${inputs(asked)}, edges AS (
      ${insideCalls} UNION ALL ${ofMessages(asked)} UNION ALL ${ofLinks(asked)}
      UNION ALL ${ofInputs} UNION ALL ${ofRaising(asked)} UNION ALL ${ofStates(asked)})
    SELECT DISTINCT source::DOUBLE, target::DOUBLE, type::DOUBLE, confidence::DOUBLE FROM edges
    WHERE source IS NOT NULL AND source <> target ORDER BY 2, 1, 3`;
}

/** `asked`: the events with the call that each happened in: of a call its caller, of an end the call itself. */
function askedEvents({ where, from, to }: Asked): Sql {
  return sql`found AS MATERIALIZED (
      SELECT id, pid, kind, frame, correlation, payload FROM raw.events e WHERE ${where} AND id BETWEEN ${from} AND ${to}),
    called AS (SELECT f.id, c.parent_call FROM found f JOIN raw.calls c ON c.call = f.id
      WHERE f.kind = ${CALL} AND c.call BETWEEN ${from} AND ${to}),
    asked AS MATERIALIZED (SELECT f.*, CASE WHEN f.kind = ${CALL} THEN c.parent_call ELSE f.frame END AS inside
      FROM found f LEFT JOIN called c ON c.id = f.id)`;
}

const insideCalls: Sql = sql`SELECT inside AS source, id AS target,
    CASE WHEN kind IN ${[RETURN, EXCEPTION]} THEN ${causeCode("return")} ELSE ${causeCode("call")} END AS type,
    ${EXACT} AS confidence
  FROM asked WHERE inside IS NOT NULL`;

function ofMessages({ from, to }: Asked): Sql {
  return sql`SELECT m.send_event, m.receive_event, ${causeCode("message")},
      CASE WHEN m.match = ${EXACTLY} THEN ${EXACT} ELSE ${ORDERED} END
    FROM asked a JOIN raw.messages m ON m.receive_event = a.id
    WHERE a.kind = ${RECEIVE} AND m.match <> ${NONE} AND m.receive_event BETWEEN ${from} AND ${to}`;
}

function ofLinks({ from, to }: Asked): Sql {
  const types = LINK_TYPES.map((type) => causeCode(OF_LINK[type]));
  return sql`SELECT l.source_event, l.target_event, list_extract(list_value${types}, l.type + 1), l.confidence
    FROM asked a JOIN raw.links l ON l.target_event = a.id WHERE l.target_event BETWEEN ${from} AND ${to}`;
}

/**
 * `taken`: what each process took in (received, or handled) in the activities of the asked events. An activity's
 * number is the id of the event that began it, so nothing of it is older than that.
 */
function inputs({ to }: Asked): Sql {
  return sql`taken AS MATERIALIZED (SELECT e.id, e.pid, coalesce(e.correlation, 0) AS activity, e.kind, e.payload
      FROM raw.events e
      WHERE e.kind IN ${[RECEIVE, HANDLE]} AND e.pid IN (SELECT pid FROM asked) AND e.id <= ${to}
        AND e.id >= (SELECT min(coalesce(correlation, 0)) FROM asked)),
    born AS (SELECT t.pid, min(l.target_event) AS id FROM raw.links l JOIN raw.events t ON t.id = l.target_event
      WHERE l.type = ${LINK_TYPES.indexOf("spawn")} AND l.target_event <= ${to}
        AND t.pid IN (SELECT pid FROM asked WHERE inside IS NULL) GROUP BY t.pid),
    led AS (SELECT a.id, a.inside, a.kind, t.id AS input, t.kind AS input_kind, a.pid
      FROM (SELECT *, coalesce(correlation, 0) AS activity FROM asked
          WHERE kind NOT IN ${[RECEIVE, HANDLE, STATE]}) a
        ASOF LEFT JOIN taken t ON t.pid = a.pid AND t.activity = a.activity AND t.id < a.id)`;
}

/** What a process goes on from: the message that it last took, or its beginning. */
const ofInputs: Sql = sql`SELECT input, id,
    CASE WHEN inside IS NULL THEN ${causeCode("handle")} ELSE ${causeCode("program_order")} END,
    CASE WHEN inside IS NULL AND input_kind = ${HANDLE} THEN ${EXACT} ELSE ${ORDERED} END
  FROM led WHERE input > coalesce(inside, 0)
  UNION ALL
  SELECT b.id, l.id, ${causeCode("program_order")}, ${ORDERED} FROM led l JOIN born b ON b.pid = l.pid
  WHERE l.input IS NULL AND l.inside IS NULL AND b.id < l.id
  UNION ALL
  SELECT t.id, a.id, ${causeCode("handle")}, ${EXACT}
  FROM (SELECT id, pid, payload FROM asked WHERE kind = ${HANDLE} AND payload IS NOT NULL) a
    ASOF JOIN (SELECT * FROM taken WHERE kind = ${RECEIVE} AND payload IS NOT NULL) t
      ON t.pid = a.pid AND t.payload = a.payload AND t.id < a.id`;

/** An exception that the very last event of the process threw out of a call that this one's call had made. */
function ofRaising({ to }: Asked): Sql {
  return sql`SELECT r.id, a.id, ${causeCode("raise")}, ${ORDERED}
    FROM (SELECT id, pid, inside FROM asked WHERE kind = ${EXCEPTION} AND inside IS NOT NULL) a
      ASOF JOIN (SELECT id, pid, kind FROM raw.events WHERE pid IN (SELECT pid FROM asked WHERE kind = ${EXCEPTION})
          AND id BETWEEN (SELECT min(inside) FROM asked WHERE kind = ${EXCEPTION}) AND ${to}) r
        ON r.pid = a.pid AND r.id < a.id
    WHERE r.kind = ${EXCEPTION} AND r.id > a.inside`;
}

/** The state that a message found: of versions that are one value, the one that brought it. */
function ofStates({ to }: Asked): Sql {
  return sql`SELECT s.event, a.id, ${causeCode("state_read")}, ${EXACT}
    FROM (SELECT id, pid FROM asked WHERE kind = ${HANDLE}) a
      ASOF JOIN (SELECT pid, event FROM (
          SELECT pid, event, state, lag(state) OVER (PARTITION BY pid ORDER BY event) AS before FROM raw.states
          WHERE pid IN (SELECT pid FROM asked WHERE kind = ${HANDLE}) AND event <= ${to})
        WHERE state IS DISTINCT FROM before) s
      ON s.pid = a.pid AND s.event < a.id`;
}
