// What was recorded of some activities between two ids, as plain columns: all that edges are told from.

import { kindCode } from "../event-kinds.ts";
import { statesUntil, takenUntil, type Version } from "./before-stretch.ts";
import type { Taken } from "./cause-lookups.ts";
import { Places, type Place } from "./places.ts";
import { knownFunctions } from "./known-functions.ts";
import { UNMATCHED } from "./guessed-messages.ts";
import { idSet } from "./asked-rows.ts";
import { rowsOf } from "../part-rows.ts";
import {
  asNumber,
  select,
  selectNumbers,
  selectVectors,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";

/** Ids from `from` to `to`: all of the activities, and what the processes took and kept meanwhile; null: everything. */
export type Stretch = {
  readonly from: number;
  readonly to: number;
  readonly of: {
    readonly activities: ReadonlySet<number>;
    readonly pids: ReadonlySet<number>;
  } | null;
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

/** Columns of `raw.calls`; 0 is NULL. */
export type CallColumns = {
  readonly call: Float64Array;
  readonly parent: Float64Array;
  readonly exit: Float64Array;
  readonly function: Float64Array;
};

export type StretchRows = {
  readonly events: EventColumns;
  readonly calls: CallColumns;
  /** `send_event, receive_event, match`, and 1 where its send or timer may be found by other means */
  readonly messages: readonly Row[];
  /** `source_event, target_event, type, confidence` */
  readonly links: readonly Row[];
  /** `pid, event, state`, by event; events up to `statesFrom` have more that were not read */
  readonly states: readonly Row[];
  readonly statesFrom: number;
  /** functions whose calls have causes that only their arguments tell */
  readonly told: ReadonlySet<number>;
  /** what was there when the stretch began, of those that it matters for: by `pid activity` what was taken, by process its state */
  readonly taken: ReadonlyMap<string, Taken>;
  readonly versions: ReadonlyMap<number, Version>;
};

const CALL = kindCode("call");
const RECEIVE = kindCode("receive");
const HANDLE = kindCode("handle");
const STATE = kindCode("state");
const TAKING: readonly number[] = [RECEIVE, HANDLE, STATE];
/** More processes or activities than this are not named one by one: everything is read instead. */
const MAX_NAMED = 20_000;
const MANY_LINKS = 5_000;

/** The newest `limit` events, and what belongs to them. */
export async function stretchRows(
  source: Source,
  stretch: Stretch,
  limit: number,
): Promise<StretchRows> {
  const { to } = stretch;
  const own = related(stretch);
  const all = await rowsOf(source, "events", { id: [stretch.from, to] });
  const [found, known] = await Promise.all([
    selectVectors(
      source,
      sql`SELECT id, coalesce(pid, 0), kind, coalesce(frame, 0), coalesce(correlation, 0), coalesce(payload, 0)
        FROM ${all} WHERE id BETWEEN ${stretch.from} AND ${to} AND ${own} ORDER BY id DESC LIMIT ${limit}`,
    ),
    knownFunctions(source),
  ]);
  const columns = columnsOf(found);
  const first = columns.id[0] ?? to;
  const between = sql`BETWEEN ${first} AND ${to}`;
  const range = [first, to] as const;
  const [begun, received, linked, kept] = await Promise.all([
    rowsOf(source, "calls", { call: range }),
    rowsOf(source, "messages", { receive_event: range }),
    rowsOf(source, "links", { target_event: range }),
    rowsOf(source, "states", { event: range }),
  ]);
  const pids = stretch.of === null ? sql`true` : among(sql`pid`, new Set(columns.pid));
  const isAll = stretch.of === null;
  const named = (event: Sql, kind: number): Sql =>
    isAll ? sql`true` : sql`${event} IN ${idSet(idsOfKind(columns, kind))}`;
  const ofAny = isAll
    ? sql`true`
    : sql`target_event IN (SELECT id FROM ${all} WHERE id ${between} AND ${own})`;
  const [calls, messages, links, states, taken, versions] = await Promise.all([
    selectVectors(
      source,
      sql`SELECT call, coalesce(parent_call, 0), coalesce(exit_event, 0), coalesce("function", 0) FROM ${begun}
        WHERE call ${between} AND ${isWhole(stretch) ? pids : named(sql`call`, CALL)}`,
    ),
    selectNumbers(
      source,
      sql`SELECT coalesce(send_event, 0), receive_event, match, coalesce(${UNMATCHED} OR from_pid IS NULL, false)::UTINYINT FROM ${received}
        WHERE receive_event ${between} AND ${named(sql`receive_event`, RECEIVE)}`,
    ),
    linksInto(source, linked, sql`target_event ${between}`, ofAny),
    selectNumbers(
      source,
      sql`SELECT pid, event, coalesce(state, 0) FROM ${kept}
        WHERE event ${between} AND ${pids} ORDER BY event DESC LIMIT ${limit}`,
    ),
    takenUntil(source, first, olderPlaces(columns, first)),
    statesUntil(source, first, readers(columns)),
  ]);
  return {
    events: columns,
    calls: callColumns(calls),
    messages,
    links,
    states: states.toReversed(),
    statesFrom: states.length < limit ? 0 : asNumber(states.at(-1)?.[1] ?? 0),
    told: new Set(known.keys()),
    taken,
    versions,
  };
}

/** Where there are few, those of other events come as well: to leave them out takes a look at all events. */
async function linksInto(
  source: Source,
  all: Sql,
  between: Sql,
  ofAny: Sql,
): Promise<readonly Row[]> {
  const links = sql`SELECT source_event::DOUBLE, target_event::DOUBLE, type, confidence FROM ${all} WHERE ${between}`;
  const some = await select(source, sql`${links} LIMIT ${MANY_LINKS}`);
  return some.length < MANY_LINKS ? some : await select(source, sql`${links} AND ${ofAny}`);
}

function idsOfKind({ id, kind }: EventColumns, wanted: number): Iterable<number> {
  return id.filter((_, at) => kind[at] === wanted);
}

/** Processes in activities that had begun before the stretch and go on from what they took before it. */
function olderPlaces(
  { count, pid, activity, kind, frame }: EventColumns,
  first: number,
): readonly Place[] {
  const places = new Places<{ received: boolean; handled: boolean; isAsked: boolean } & Place>();
  for (let at = 0; at < count; at++) {
    if ((activity[at] ?? 0) >= first) continue;
    const here = { pid: pid[at] ?? 0, activity: activity[at] ?? 0 };
    const place = places.at(here, () => ({
      ...here,
      received: false,
      handled: false,
      isAsked: false,
    }));
    if (kind[at] === RECEIVE) place.received = true;
    else if (kind[at] === HANDLE) place.handled = true;
    else if (!place.handled) {
      // in a call, only what was taken after that had begun counts
      const inside = kind[at] === CALL ? 0 : (frame[at] ?? 0);
      place.isAsked ||= inside < first && (inside === 0 || !place.received);
    }
  }
  return places.all().filter(({ isAsked }) => isAsked);
}

/** Processes that may have read their state. */
function readers({ count, pid, kind }: EventColumns): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = 0; at < count; at++) {
    if (kind[at] === HANDLE || kind[at] === CALL) found.add(pid[at] ?? 0);
  }
  return found;
}

function related({ of }: Stretch): Sql {
  if (of === null) return sql`true`;
  const ofActivities = among(sql`correlation`, of.activities);
  const ofPids = among(sql`pid`, of.pids);
  if (isWhole({ of })) return ofPids;
  const everything = of.activities.has(0) ? ofPids : sql`false`;
  return sql`(${ofActivities} OR (${ofPids} AND kind IN ${TAKING}) OR ${everything})`;
}

/** All that the processes did: no activity is known. */
function isWhole({ of }: Pick<Stretch, "of">): boolean {
  return of !== null && of.activities.size === 1 && of.activities.has(0);
}

function among(column: Sql, values: ReadonlySet<number>): Sql {
  return values.size > MAX_NAMED ? sql`true` : sql`${column} IN ${[...values]}`;
}

const NONE = new Float64Array();

function callColumns([
  call = NONE,
  parent = NONE,
  exit = NONE,
  fun = NONE,
]: readonly Float64Array[]): CallColumns {
  return { call, parent, exit, function: fun };
}

/** Of rows from the last one on. */
function columnsOf(vectors: readonly Float64Array[]): EventColumns {
  const [id = NONE, pid = NONE, kind = NONE, frame = NONE, activity = NONE, payload = NONE] =
    vectors.map((vector) => vector.toReversed());
  return {
    count: id.length,
    id,
    pid: Uint32Array.from(pid),
    kind: Uint8Array.from(kind),
    frame,
    activity,
    payload,
  };
}
