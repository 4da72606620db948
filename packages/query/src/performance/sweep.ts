// All calls and waits of a range, slice by slice, into a `CallTree`.
//
// A wait is the time from a process's event before to the receive that ended it, when the message was
// sent in between. It is exact when the event before is the very call that the message replies to: then
// the process did nothing else. Otherwise it is inferred, and at most so long: what ran unseen before
// the `receive` counts as waiting. What had been sent before was in the mailbox already: no wait.

import { CALL_OUTCOMES, MESSAGE_KINDS } from "@elixirscope/trace";
import type { TimeRange } from "@elixirscope/wire";
import { kindCode } from "../event-kinds.ts";
import { eachSlice, slices, type Slice } from "../find/windows.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source, type Sql } from "../sql.ts";
import { CallTree, type BegunCall, type Wait } from "./call-tree.ts";

/** Events read at once: larger slices take less of the CPU (2 M events: 2.6 s, in slices of 80,000 3.6 s) and more memory. */
const SLICE_ROWS = 300_000;
/** A live recording answers with at most 100,000 rows. */
const LIVE_SLICE_ROWS = 80_000;

const OPEN = CALL_OUTCOMES.indexOf("open");
const RAISED = CALL_OUTCOMES.indexOf("raised");
const REPLY = MESSAGE_KINDS.indexOf("reply");

export type SweepOptions = {
  /** events read at once */
  readonly sliceRows?: number;
  /** the number of the one process that is meant; null: all */
  readonly pid?: number | null;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
};

export async function sweep(
  source: Source,
  { t0, t1 }: TimeRange,
  { signal, progress, ...options }: SweepOptions = {},
): Promise<CallTree> {
  const isLive = source.manifest.state === "recording";
  const { sliceRows = isLive ? LIVE_SLICE_ROWS : SLICE_ROWS } = options;
  const of = ofProcess(options.pid ?? null);
  const tree = new CallTree();
  for (const call of await callsOpenAt(source, t0, t1, of)) tree.enter(call);
  const end = t1 + 1;
  const lastBefore = new Map<number, LastEvent>();
  const read = (slice: Slice): Promise<[readonly BegunCall[], readonly Row[]]> =>
    Promise.all([callsBegunIn(source, slice, t1, of), receivesIn(source, slice, of)]);
  for await (const { slice, value } of inSlices(source, { t0, t1 }, of, sliceRows, read)) {
    signal?.throwIfAborted();
    play(tree, value[0], waitsOf(value[1], lastBefore, t0));
    tree.settle(slice.to);
    progress?.(slice.to - t0, end - t0);
  }
  tree.finish();
  return tree;
}

async function* inSlices<T>(
  source: Source,
  { t0, t1 }: TimeRange,
  of: Sql,
  sliceRows: number,
  read: (slice: Slice) => Promise<T>,
): ReturnType<typeof eachSlice<T>> {
  const count = (slice: Slice): Promise<number> => eventsIn(source, slice, of);
  const total = await count({ from: t0, to: t1 + 1 });
  yield* eachSlice(slices(t0, t1 + 1, Math.ceil(total / sliceRows)), count, sliceRows, read);
}

const EVERY = sql`true`;

function ofProcess(pid: number | null): Sql {
  return pid === null ? EVERY : sql`pid = ${pid}`;
}

/** A wait inside of a recorded call. */
export type FrameWait = TimeRange & { readonly frame: number };

/** Waits of one process inside of recorded calls, in the order of time. */
export async function waitsIn(
  source: Source,
  range: TimeRange,
  pid: number,
): Promise<readonly FrameWait[]> {
  const of = ofProcess(pid);
  const lastBefore = new Map<number, LastEvent>();
  const found: FrameWait[] = [];
  const read = (slice: Slice): Promise<readonly Row[]> => receivesIn(source, slice, of);
  for await (const { value } of inSlices(source, range, of, LIVE_SLICE_ROWS, read)) {
    for (const { t, value: wait } of waitsOf(value, lastBefore, range.t0)) {
      if (wait.frame !== null) found.push({ t0: t - wait.ns, t1: t, frame: wait.frame });
    }
  }
  return found;
}

type Timed<T> = { readonly id: number; readonly t: number; readonly value: T };

/** Both in the order of their ids, which is that of time within a process. */
function play(tree: CallTree, calls: readonly BegunCall[], waits: readonly Timed<Wait>[]): void {
  let next = 0;
  for (const call of calls) {
    for (let wait = waits[next]; wait !== undefined && wait.id < call.call; wait = waits[next]) {
      tree.wait(wait.value);
      next += 1;
    }
    tree.enter(call);
  }
  for (const wait of waits.slice(next)) tree.wait(wait.value);
}

export async function eventsIn(
  source: Source,
  { from, to }: Slice,
  of: Sql = EVERY,
): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM raw.events WHERE t >= ${from} AND t < ${to} AND ${of}`,
  );
  return asNumber(row?.[0]);
}

const COLUMNS = sql`call::DOUBLE, parent_call::DOUBLE, pid, coalesce("function", 0), t_enter::DOUBLE, t_exit::DOUBLE, outcome`;

async function callsBegunIn(
  source: Source,
  { from, to }: Slice,
  end: number,
  of: Sql,
): Promise<readonly BegunCall[]> {
  const rows = await select(
    source,
    sql`SELECT ${COLUMNS} FROM raw.calls
      WHERE t_enter >= ${from} AND t_enter < ${to} AND pid IS NOT NULL AND ${of} ORDER BY call`,
  );
  return rows.map((row) => begunCall(row, from, end));
}

async function callsOpenAt(
  source: Source,
  t: number,
  end: number,
  of: Sql,
): Promise<readonly BegunCall[]> {
  const rows = await select(
    source,
    sql`SELECT ${COLUMNS} FROM raw.calls
      WHERE t_enter < ${t} AND (t_exit >= ${t} OR t_exit IS NULL AND outcome = ${OPEN}) AND pid IS NOT NULL AND ${of}
      ORDER BY call`,
  );
  return rows.map((row) => begunCall(row, t, end));
}

function begunCall(
  [call, parent, pid, fun, enter, exit, outcome]: Row,
  start: number,
  end: number,
): BegunCall {
  const exited = asNumberOrNull(exit) ?? (asNumber(outcome) === OPEN ? end : null);
  return {
    call: asNumber(call),
    parent: asNumberOrNull(parent),
    pid: asNumber(pid),
    function: asNumber(fun),
    from: Math.max(asNumber(enter), start),
    to: exited === null ? null : Math.min(exited, end),
    isError: asNumber(outcome) === RAISED,
  };
}

type LastEvent = { readonly id: number; readonly t: number };

/** Each receive with the event before it in its process, and the last event of each process. */
async function receivesIn(source: Source, { from, to }: Slice, of: Sql): Promise<readonly Row[]> {
  const receive = kindCode("receive");
  return await select(
    source,
    sql`SELECT e.id::DOUBLE, e.pid, e.t::DOUBLE, e.kind = ${receive}, e.is_last, e.frame::DOUBLE, e.id_before::DOUBLE,
        e.t_before::DOUBLE, m.t_sent::DOUBLE, m.from_pid, m.kind, m.reply_to::DOUBLE
      FROM (SELECT id, pid, t, kind, frame, lag(id) OVER w AS id_before, lag(t) OVER w AS t_before,
            lead(id) OVER w IS NULL AS is_last
          FROM raw.events WHERE t >= ${from} AND t < ${to} AND pid IS NOT NULL AND ${of}
          WINDOW w AS (PARTITION BY pid ORDER BY id)) e
        LEFT JOIN (SELECT receive_event, t_sent, from_pid, kind, reply_to FROM raw.messages
          WHERE t_received >= ${from} AND t_received < ${to}) m ON m.receive_event = e.id
      WHERE e.kind = ${receive} OR e.is_last ORDER BY e.id`,
  );
}

/** `lastBefore`: of each process its last event in the slices before; brought up to date here. */
function waitsOf(
  rows: readonly Row[],
  lastBefore: Map<number, LastEvent>,
  start: number,
): readonly Timed<Wait>[] {
  const found: Timed<Wait>[] = [];
  for (const row of rows) {
    const [id, pid, t] = [asNumber(row[0]), asNumber(row[1]), asNumber(row[2])];
    const before = row[7] === null ? lastBefore.get(pid) : eventOf(row);
    if (row[3] === true) {
      const wait = waitOf(row, pid, t, before ?? { id: 0, t: start });
      if (wait !== null) found.push({ id, t, value: wait });
    }
    if (row[4] === true) lastBefore.set(pid, { id, t });
  }
  return found;
}

function eventOf(row: Row): LastEvent {
  return { id: asNumber(row[6]), t: asNumber(row[7]) };
}

function waitOf(row: Row, pid: number, t: number, before: LastEvent): Wait | null {
  const sent = asNumberOrNull(row[8]);
  const isPresent = sent !== null && sent <= before.t;
  if (isPresent || t <= before.t) return null;
  const [from, kind, replyTo] = [row[9], asNumberOrNull(row[10]), asNumberOrNull(row[11])];
  const isReply = kind === REPLY;
  const cause = isReply ? "reply" : from === null || from === undefined ? "timer" : "message";
  return {
    pid,
    frame: asNumberOrNull(row[5]),
    ns: t - before.t,
    cause,
    isExact: isReply && replyTo !== null && replyTo === before.id,
  };
}
