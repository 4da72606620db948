// What happened in a stretch of time, in order and in slices that fit into memory: calls as they begin,
// both ends of messages, what a behaviour handles, and moments in the lives of processes.

import {
  CALL_OUTCOMES,
  EVENT_KINDS,
  MESSAGE_KINDS,
  type CallOutcome,
  type EventKind,
  type MessageKind,
} from "@elixirscope/trace";
import type { TimeRange } from "@elixirscope/wire";
import { kindOf } from "../event-kinds.ts";
import { eachSlice, slices, type Slice } from "../find/windows.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";

/** Rows of one slice at the most; with their terms, which may be large, fewer. */
const MAX_ROWS = 20_000;
const MAX_ROWS_WITH_VALUES = 2_000;
const RAISED = CALL_OUTCOMES.indexOf("raised");
const CALL = EVENT_KINDS.indexOf("call");
const HANDLE = EVENT_KINDS.indexOf("handle");

/** Kinds of events that are shown as moments. */
const MOMENTS: readonly EventKind[] = [
  "spawn",
  "exit",
  "register",
  "unregister",
  "state",
  "module",
];
const MOMENT_CODES = MOMENTS.map((kind) => EVENT_KINDS.indexOf(kind));

export type CallBegin = {
  readonly kind: "call";
  readonly t: number;
  readonly pid: number;
  readonly call: number;
  readonly parent: number | null;
  /** of the event: the activity that the call belongs to */
  readonly correlation: number | null;
  readonly fn: number;
  readonly site: number | null;
  /** null: its end is not known */
  readonly end: number | null;
  readonly outcome: CallOutcome;
  /** of a call that raised: `{Class, Reason}` */
  readonly failure: Uint8Array | null;
  readonly args: Uint8Array | null;
  readonly result: Uint8Array | null;
};

export type MessageEnd = {
  readonly kind: "send" | "receive";
  readonly t: number;
  readonly pid: number;
  /** of this end */
  readonly event: number;
  readonly message: number;
  /** both ends are known */
  readonly isMatched: boolean;
  readonly messageKind: MessageKind;
  readonly other: number | null;
  readonly sendEvent: number | null;
  /** payload reference: what is handled later names the same */
  readonly bodyRef: number | null;
  readonly body: Uint8Array | null;
};

export type Moment = {
  readonly kind: "moment";
  readonly t: number;
  readonly pid: number;
  readonly event: number;
  readonly name: EventKind;
};

export type Handled = {
  readonly kind: "handle";
  readonly t: number;
  readonly pid: number;
  readonly event: number;
  readonly bodyRef: number | null;
};

export type Happening = CallBegin | MessageEnd | Moment | Handled;

export type ExportSlice = { readonly slice: Slice; readonly happened: readonly Happening[] };

/** Calls that were running when the range began come first. */
export async function* exportSlices(
  source: Source,
  { t0, t1 }: TimeRange,
  values: boolean,
): AsyncGenerator<ExportSlice> {
  if (t0 > 0) yield* runningAt(source, t0, values);
  const whole = { from: t0, to: Math.floor(t1) + 1 };
  const most = values ? MAX_ROWS_WITH_VALUES : MAX_ROWS;
  const first = Math.ceil((await rowsIn(source, whole)) / most);
  const read = async (slice: Slice): Promise<readonly Happening[]> =>
    await happeningsIn(source, slice, values);
  const all = slices(whole.from, whole.to, first);
  const parts = eachSlice(all, async (slice) => await rowsIn(source, slice), most, read);
  for await (const { slice, value } of parts) yield { slice, happened: value };
}

const PAGE = 2_000;

async function* runningAt(source: Source, t: number, values: boolean): AsyncGenerator<ExportSlice> {
  const running = sql`t_enter < ${t} AND (t_exit >= ${t} OR t_exit IS NULL)`;
  for (let after = 0; ;) {
    const calls = await callsWhere(
      source,
      sql`${running} AND call > ${after} ORDER BY call LIMIT ${PAGE}`,
      sql`t < ${t}`,
      values,
    );
    const last = calls.at(-1);
    if (last === undefined) return;
    yield { slice: { from: t, to: t }, happened: calls };
    after = last.call;
  }
}

async function rowsIn(source: Source, { from, to }: Slice): Promise<number> {
  const within = (column: Sql): Sql => sql`${column} >= ${from} AND ${column} < ${to}`;
  const [row] = await select(
    source,
    sql`SELECT (SELECT count(*) FROM raw.calls WHERE ${within(sql`t_enter`)})
      + (SELECT count(*) FROM raw.messages WHERE ${within(sql`t_sent`)})
      + (SELECT count(*) FROM raw.messages WHERE ${within(sql`t_received`)})
      + (SELECT count(*) FROM raw.events WHERE ${within(sql`t`)} AND kind IN ${[HANDLE, ...MOMENT_CODES]})`,
  );
  return asNumber(row?.[0] ?? 0);
}

async function happeningsIn(
  source: Source,
  { from, to }: Slice,
  values: boolean,
): Promise<readonly Happening[]> {
  const within = (column: Sql): Sql => sql`${column} >= ${from} AND ${column} < ${to}`;
  const [calls, sent, received, events] = await Promise.all([
    callsWhere(source, within(sql`t_enter`), within(sql`t`), values),
    messagesWhere(source, within(sql`t_sent`), "send", values),
    messagesWhere(source, within(sql`t_received`), "receive", values),
    eventsWhere(source, within(sql`t`)),
  ]);
  return [calls, sent, received, events].flat().toSorted((a, b) => a.t - b.t || idOf(a) - idOf(b));
}

function idOf(one: Happening): number {
  return one.kind === "call" ? one.call : one.event;
}

/** `events`: where the events lie that began these calls. */
async function callsWhere(
  source: Source,
  test: Sql,
  events: Sql,
  values: boolean,
): Promise<readonly CallBegin[]> {
  const value = (column: Sql): Sql => (values ? sql`payload(${column})` : sql`NULL`);
  const rows = await select(
    source,
    sql`SELECT c.t_enter, c.pid, c.call, c.parent_call, e.correlation, c."function", c.site, c.t_exit,
        c.outcome, CASE WHEN c.outcome = ${RAISED} THEN payload(c.result) END,
        ${value(sql`c.args`)}, ${value(sql`c.result`)}
      FROM (SELECT * FROM raw.calls WHERE ${test}) c
        LEFT JOIN (SELECT id, correlation FROM raw.events WHERE ${events} AND kind = ${CALL}) e ON e.id = c.call
      ORDER BY c.call`,
  );
  return rows.map((row) => ({
    kind: "call",
    t: asNumber(row[0]),
    pid: asNumberOrNull(row[1]) ?? 0,
    call: asNumber(row[2]),
    parent: asNumberOrNull(row[3]),
    correlation: asNumberOrNull(row[4]),
    fn: asNumberOrNull(row[5]) ?? 0,
    site: asNumberOrNull(row[6]),
    end: asNumberOrNull(row[7]),
    outcome: CALL_OUTCOMES[asNumber(row[8])] ?? "open",
    failure: asBytesOrNull(row[9]),
    args: asBytesOrNull(row[10]),
    result: asBytesOrNull(row[11]),
  }));
}

async function messagesWhere(
  source: Source,
  test: Sql,
  kind: "send" | "receive",
  values: boolean,
): Promise<readonly MessageEnd[]> {
  const end =
    kind === "send"
      ? sql`t_sent, from_pid, send_event, to_pid`
      : sql`t_received, to_pid, receive_event, from_pid`;
  const body = values ? sql`payload(body)` : sql`NULL`;
  const rows = await select(
    source,
    sql`SELECT ${end}, message, kind, send_event, receive_event, body, ${body}
      FROM (SELECT * FROM raw.messages WHERE ${test})`,
  );
  return rows.map((row) => ({
    kind,
    t: asNumber(row[0]),
    pid: asNumberOrNull(row[1]) ?? 0,
    event: asNumber(row[2] ?? row[4]),
    other: asNumberOrNull(row[3]),
    message: asNumber(row[4]),
    messageKind: MESSAGE_KINDS[asNumber(row[5])] ?? "plain",
    sendEvent: asNumberOrNull(row[6]),
    isMatched: asNumberOrNull(row[6]) !== null && asNumberOrNull(row[7]) !== null,
    bodyRef: asNumberOrNull(row[8]),
    body: asBytesOrNull(row[9]),
  }));
}

async function eventsWhere(source: Source, test: Sql): Promise<readonly (Moment | Handled)[]> {
  const rows = await select(
    source,
    sql`SELECT t, pid, id, kind, payload FROM raw.events
      WHERE ${test} AND kind IN ${[HANDLE, ...MOMENT_CODES]}`,
  );
  return rows.map(eventOf);
}

function eventOf(row: Row): Moment | Handled {
  const at = { t: asNumber(row[0]), pid: asNumberOrNull(row[1]) ?? 0, event: asNumber(row[2]) };
  const name = kindOf(asNumber(row[3]));
  if (name !== "handle") return { kind: "moment", ...at, name };
  return { kind: "handle", ...at, bodyRef: asNumberOrNull(row[4]) };
}
