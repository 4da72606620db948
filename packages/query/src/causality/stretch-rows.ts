// What was recorded of some activities between two ids, as plain columns: all that edges are told from.

import { kindCode } from "../event-kinds.ts";
import { statesUntil, takenUntil, type Taken, type Version } from "./cause-lookups.ts";
import { knownFunctions } from "./known-functions.ts";
import { UNMATCHED } from "./guessed-messages.ts";
import { asNumber, select, sql, type Row, type Source, type Sql } from "../sql.ts";

/** Ids from `from` to `to`: all of the activities, and what the processes took and kept meanwhile. */
export type Stretch = {
  readonly from: number;
  readonly to: number;
  readonly activities: ReadonlySet<number>;
  readonly pids: ReadonlySet<number>;
};

/** Columns of `raw.events` by id; 0 is NULL. */
export type EventColumns = {
  readonly count: number;
  readonly id: Float64Array;
  readonly pid: Uint32Array;
  readonly kind: Uint8Array;
  readonly frame: Float64Array;
  readonly activity: Float64Array;
  readonly payload: Float64Array;
};

export type StretchRows = {
  readonly events: EventColumns;
  /** `call, parent_call, exit_event, function`; these four may reach further back than the events */
  readonly calls: readonly Row[];
  /** `send_event, receive_event, match`, and whether its send or timer may be found by other means */
  readonly messages: readonly Row[];
  /** `source_event, target_event, type, confidence` */
  readonly links: readonly Row[];
  /** `pid, event, state`, by event */
  readonly states: readonly Row[];
  /** functions whose calls have causes that only their arguments tell */
  readonly told: ReadonlySet<number>;
  /** what was there when the stretch began: by `pid activity` what was taken, by process its state */
  readonly taken: ReadonlyMap<string, Taken>;
  readonly versions: ReadonlyMap<number, Version>;
};

const TAKING: readonly number[] = [kindCode("receive"), kindCode("handle"), kindCode("state")];
/** More processes or activities than this are not named one by one: everything is read instead. */
const MAX_NAMED = 20_000;

export async function stretchRows(
  source: Source,
  stretch: Stretch,
  limit: number,
): Promise<StretchRows> {
  const { from, to } = stretch;
  const own = related(stretch);
  const events = sql`SELECT id FROM raw.events WHERE id BETWEEN ${from} AND ${to} AND ${own}`;
  const [found, calls, messages, links, states, known] = await Promise.all([
    select(
      source,
      sql`SELECT id::DOUBLE, pid, kind, coalesce(frame, 0)::DOUBLE, coalesce(correlation, 0)::DOUBLE, coalesce(payload, 0)::DOUBLE
        FROM raw.events WHERE id BETWEEN ${from} AND ${to} AND ${own} ORDER BY id DESC LIMIT ${limit}`,
    ),
    select(
      source,
      sql`SELECT call::DOUBLE, coalesce(parent_call, 0)::DOUBLE, coalesce(exit_event, 0)::DOUBLE, coalesce("function", 0) FROM raw.calls
        WHERE call BETWEEN ${from} AND ${to} AND call IN (${events} AND kind = ${kindCode("call")})
        ORDER BY call DESC LIMIT ${limit}`,
    ),
    select(
      source,
      sql`SELECT coalesce(send_event, 0)::DOUBLE, receive_event::DOUBLE, match, ${UNMATCHED} OR from_pid IS NULL FROM raw.messages
        WHERE receive_event BETWEEN ${from} AND ${to}
          AND receive_event IN (${events} AND kind = ${kindCode("receive")})
        ORDER BY receive_event DESC LIMIT ${limit}`,
    ),
    select(
      source,
      sql`SELECT source_event::DOUBLE, target_event::DOUBLE, type, confidence FROM raw.links
        WHERE target_event BETWEEN ${from} AND ${to} AND target_event IN (${events})
        ORDER BY target_event DESC LIMIT ${limit}`,
    ),
    select(
      source,
      sql`SELECT pid, event::DOUBLE, coalesce(state, 0)::DOUBLE FROM raw.states
        WHERE event BETWEEN ${from} AND ${to} AND pid IN (SELECT pid FROM raw.events WHERE id BETWEEN ${from} AND ${to} AND ${own})
        ORDER BY event DESC LIMIT ${limit}`,
    ),
    knownFunctions(source),
  ]);
  const columns = columnsOf(found.toReversed());
  const first = columns.id[0] ?? to;
  const [taken, versions] = await Promise.all([
    takenUntil(source, first, olderPlaces(columns, first)),
    statesUntil(source, first, new Set(columns.pid)),
  ]);
  return {
    events: columns,
    calls,
    messages,
    links,
    states: states.filter(([, event]) => asNumber(event) >= first).toReversed(),
    told: new Set(known.keys()),
    taken,
    versions,
  };
}

/** Processes in activities that had begun before the stretch. */
function olderPlaces(
  { count, pid, activity }: EventColumns,
  first: number,
): readonly { readonly pid: number; readonly activity: number }[] {
  const places = new Map<string, { readonly pid: number; readonly activity: number }>();
  for (let at = 0; at < count; at++) {
    const place = { pid: pid[at] ?? 0, activity: activity[at] ?? 0 };
    if (place.activity < first) places.set(`${place.pid} ${place.activity}`, place);
  }
  return [...places.values()];
}

function related({ activities, pids }: Stretch): Sql {
  const ofActivities = among(sql`correlation`, activities);
  const everything = activities.has(0) ? sql`${among(sql`pid`, pids)}` : sql`false`;
  return sql`(${ofActivities} OR (${among(sql`pid`, pids)} AND kind IN ${TAKING}) OR ${everything})`;
}

function among(column: Sql, values: ReadonlySet<number>): Sql {
  return values.size > MAX_NAMED ? sql`true` : sql`${column} IN ${[...values]}`;
}

function columnsOf(rows: readonly Row[]): EventColumns {
  const count = rows.length;
  const columns = {
    count,
    id: new Float64Array(count),
    pid: new Uint32Array(count),
    kind: new Uint8Array(count),
    frame: new Float64Array(count),
    activity: new Float64Array(count),
    payload: new Float64Array(count),
  };
  for (const [at, [id, pid, kind, frame, activity, payload]] of rows.entries()) {
    columns.id[at] = asNumber(id);
    columns.pid[at] = asNumber(pid ?? 0);
    columns.kind[at] = asNumber(kind);
    columns.frame[at] = asNumber(frame);
    columns.activity[at] = asNumber(activity);
    columns.payload[at] = asNumber(payload);
  }
  return columns;
}
