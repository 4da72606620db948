// The recorded calls that a walk goes through, and the values that were there in one of them, or in its process
// around it, before an instant: newest first, and no more than a walk can weigh.

import { decode, type Term } from "@elixirscope/etf";
import { EVENT_KINDS, LINK_TYPES, type EventKind } from "@elixirscope/trace";
import { capturedValues, siteNames } from "../captured-values.ts";
import { functionText, type FunctionName } from "../interned.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "../sql.ts";
import { isBefore, type Holder, type Moment } from "./place.ts";

export type Frame = FunctionName & {
  readonly call: number;
  readonly parent: number | null;
  readonly pid: number;
  readonly t: number;
  readonly args: Term | null;
  readonly site: number | null;
  readonly siteKind: string | null;
  readonly siteClause: number | null;
};

const MOST = 200;
/** Of a process outside of any call. */
const MOST_AROUND = 30;
/** A process is looked back this far at first, then in full. */
const NEAR_NS = 5e9;
const SPAWN_NS = 1e9;

const code = (kind: EventKind): number => EVENT_KINDS.indexOf(kind);
const IN_FRAME = [code("bind"), code("branch"), code("value"), code("receive")];

export async function frameOf(source: Source, call: number): Promise<Frame | null> {
  const [row] = await select(
    source,
    sql`SELECT c.call, c.parent_call, c.pid, c.t_enter, f.module, f."function", f.arity, payload(c.args), c.site, s.kind, s.clause
      FROM (SELECT * FROM raw.calls WHERE call = ${call} LIMIT 1) c
        LEFT JOIN base.functions f ON f.id = c."function" LEFT JOIN raw.sites s ON s.site = c.site`,
  );
  if (row === undefined) return null;
  return {
    call: asNumber(row[0]),
    parent: asNumberOrNull(row[1]),
    pid: asNumber(row[2]),
    t: asNumber(row[3]),
    module: asTextOrNull(row[4]) ?? "?",
    name: asTextOrNull(row[5]) ?? "?",
    arity: asNumberOrNull(row[6]) ?? 0,
    args: termOf(row[7]),
    site: asNumberOrNull(row[8]),
    siteKind: asTextOrNull(row[9]),
    siteClause: asNumberOrNull(row[10]),
  };
}

export function argumentsHolder(frame: Frame): Holder | null {
  if (frame.args === null) return null;
  const { call, pid, t, args, site } = frame;
  const at = { kind: "argument", event: call, t, pid, call, name: null, site } as const;
  return { ...at, root: args, function: functionText(frame) };
}

export type Held = {
  /** newest first */
  readonly holders: readonly Holder[];
  /** there was more than was looked at */
  readonly isCut: boolean;
};

/** What one call had at hand: its arguments, variables, results of what it called, messages that it received. */
export async function frameHolders(source: Source, frame: Frame, before: Moment): Promise<Held> {
  const within = sql`pid = ${frame.pid} AND t BETWEEN ${frame.t} AND ${before.t}`;
  const events = await select(
    source,
    sql`SELECT e.id, e.t, e.kind, e.site, payload(e.payload), e.flags, s.names, NULL
      FROM (SELECT * FROM raw.events WHERE ${within} AND frame = ${frame.call} AND kind IN ${IN_FRAME}
          AND payload IS NOT NULL ORDER BY t DESC, id DESC LIMIT ${MOST}) e LEFT JOIN raw.sites s ON s.site = e.site`,
  );
  const clause = await select(
    source,
    sql`SELECT b.event, b.t, ${code("call")}, b.site, NULL, 0, s.names, payload(b.value)
      FROM (SELECT * FROM raw.bindings WHERE t = ${frame.t} AND event = ${frame.call}) b JOIN raw.sites s ON s.site = b.site`,
  );
  const calls = await select(
    source,
    sql`SELECT ${RESULT} FROM (SELECT * FROM raw.calls WHERE pid = ${frame.pid} AND parent_call = ${frame.call}
          AND t_exit BETWEEN ${frame.t} AND ${before.t} AND result IS NOT NULL
          ORDER BY t_exit DESC, exit_event DESC LIMIT ${MOST}) c LEFT JOIN base.functions f ON f.id = c."function"`,
  );
  const args = argumentsHolder(frame);
  const isCut = events.length === MOST || calls.length === MOST;
  const holders = newestFirst(
    [
      ...[...events, ...clause].flatMap((row) => eventHolders(row, frame.pid, frame.call)),
      ...calls.flatMap((row) => resultHolders(row, frame.pid)),
      ...(args === null ? [] : [args]),
    ],
    before,
  );
  return { holders, isCut };
}

const RESULT = sql`c.call, coalesce(c.exit_event, c.call), c.t_exit, payload(c.result), f.module, f."function", f.arity, c.site`;

/** What a process had outside of calls: results of its last callbacks, messages, its state, what it was spawned with. */
export async function processHolders(source: Source, pid: number, before: Moment): Promise<Held> {
  const near = await holdersSince(source, pid, before, Math.max(0, before.t - NEAR_NS));
  const holders = near.length >= MOST_AROUND ? near : await holdersSince(source, pid, before, 0);
  const isCut = holders.length >= MOST_AROUND;
  return {
    holders: newestFirst([...holders, ...(await spawnHolder(source, pid))], before),
    isCut,
  };
}

async function holdersSince(
  source: Source,
  pid: number,
  before: Moment,
  from: number,
): Promise<readonly Holder[]> {
  const within = sql`pid = ${pid} AND t BETWEEN ${from} AND ${before.t}`;
  const received = await select(
    source,
    sql`SELECT e.id, e.t, e.kind, e.site, payload(e.payload), 0, NULL, NULL
      FROM (SELECT * FROM raw.events WHERE ${within} AND kind = ${code("receive")} AND payload IS NOT NULL
          ORDER BY t DESC, id DESC LIMIT ${MOST_AROUND}) e`,
  );
  const calls = await select(
    source,
    sql`SELECT ${RESULT} FROM (SELECT * FROM raw.calls WHERE pid = ${pid} AND parent_call IS NULL
          AND t_exit BETWEEN ${from} AND ${before.t} AND result IS NOT NULL
          ORDER BY t_exit DESC, exit_event DESC LIMIT ${MOST_AROUND}) c LEFT JOIN base.functions f ON f.id = c."function"`,
  );
  return [
    ...received.flatMap((row) => eventHolders(row, pid, null)),
    ...calls.flatMap((row) => resultHolders(row, pid)),
    ...(await stateHolders(source, pid, before, from, 1)),
  ];
}

/** The last states before an instant, newest first. */
export async function stateHolders(
  source: Source,
  pid: number,
  before: Moment,
  from: number,
  most: number,
): Promise<readonly Holder[]> {
  const rows = await select(
    source,
    sql`SELECT s.event, s.t, payload(s.state) FROM (SELECT * FROM raw.states
        WHERE pid = ${pid} AND t BETWEEN ${from} AND ${before.t}
          AND (t < ${before.t} OR event < ${before.event})
        ORDER BY t DESC, event DESC LIMIT ${most}) s ORDER BY s.t DESC, s.event DESC`,
  );
  return rows.flatMap(([event, t, bytes]) => {
    const root = termOf(bytes);
    const at = { event: asNumber(event), t: asNumber(t), pid, call: null, name: null, site: null };
    return root === null ? [] : [{ ...at, kind: "state" as const, root, function: null }];
  });
}

/** A process's first event is linked to its spawn; both lie around the time at which it began. */
async function spawnHolder(source: Source, pid: number): Promise<readonly Holder[]> {
  const [spawned] = await select(
    source,
    sql`SELECT t_spawned FROM base.processes WHERE pid = ${pid} AND t_spawned IS NOT NULL LIMIT 1`,
  );
  if (spawned === undefined) return [];
  const t = asNumber(spawned[0]);
  const around = sql`t BETWEEN ${Math.max(0, t - SPAWN_NS)} AND ${t + SPAWN_NS}`;
  const [row] = await select(
    source,
    sql`SELECT e.id, e.t, e.pid, e.frame, payload(e.payload)
      FROM (SELECT * FROM raw.events WHERE ${around} AND kind = ${code("spawn")} AND id IN (
          SELECT source_event FROM raw.links WHERE type = ${LINK_TYPES.indexOf("spawn")} AND target_event IN (
            SELECT id FROM raw.events WHERE ${around} AND pid = ${pid})) LIMIT 1) e`,
  );
  const root = termOf(row?.[4]);
  if (row === undefined || root === null) return [];
  return [
    {
      kind: "spawn",
      event: asNumber(row[0]),
      t: asNumber(row[1]),
      pid: asNumber(row[2]),
      call: asNumberOrNull(row[3]),
      root,
      name: null,
      site: null,
      function: null,
    },
  ];
}

/** `id, t, kind, site, payload, flags, names, further` */
function eventHolders(row: Row, pid: number, call: number | null): readonly Holder[] {
  const at = {
    event: asNumber(row[0]),
    t: asNumber(row[1]),
    pid,
    call,
    site: asNumberOrNull(row[3]),
  };
  const kind = EVENT_KINDS[asNumber(row[2])];
  const payload = asBytesOrNull(row[4]);
  if (kind === "receive" || kind === "value") {
    const root = termOf(payload);
    const as = kind === "receive" ? "received" : "binding";
    return root === null ? [] : [{ ...at, kind: as, root, name: null, function: null }];
  }
  const values = capturedValues(
    { payload, count: asNumberOrNull(row[5]) ?? 0, further: asBytesOrNull(row[7]) },
    siteNames(asTextOrNull(row[6])),
  );
  return [...values].map(([name, root]) => ({
    ...at,
    kind: "binding",
    root,
    name,
    function: null,
  }));
}

/** `call, exit_event, t_exit, result, module, function, arity, site` */
function resultHolders(row: Row, pid: number): readonly Holder[] {
  const root = termOf(row[3]);
  if (root === null) return [];
  const name = {
    module: asTextOrNull(row[4]) ?? "?",
    name: asTextOrNull(row[5]) ?? "?",
    arity: asNumberOrNull(row[6]) ?? 0,
  };
  return [
    {
      kind: "result",
      event: asNumber(row[1]),
      t: asNumber(row[2]),
      pid,
      call: asNumber(row[0]),
      root,
      name: null,
      site: asNumberOrNull(row[7]),
      function: functionText(name),
    },
  ];
}

export function termOf(column: unknown): Term | null {
  const bytes = asBytesOrNull(column);
  const term = bytes === null ? null : decode(bytes);
  return term?.ok === true ? term.value : null;
}

function newestFirst(holders: readonly Holder[], before: Moment): readonly Holder[] {
  return holders
    .filter((holder) => holder.kind === "spawn" || isBefore(holder, before))
    .toSorted((a, b) => b.t - a.t || b.event - a.event);
}
