// What a graph is asked about, in the numbers of the tables: a stretch of time, its processes, and the
// event in the middle. Rows are read by ranges of event ids within it, so that a live recording's graph
// can take what came since as another range.

import { recordingRange } from "../recording-range.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "../sql.ts";
import { eventNode, type DagParams } from "./dag.ts";

export type Focus = {
  readonly event: number;
  readonly t: number;
  readonly pid: number;
  /** the call that the event opened, or happened in */
  readonly call: number | null;
};

export type Scope = {
  readonly from: number;
  readonly to: number;
  /** indexes; null: all */
  readonly pids: readonly number[] | null;
  readonly focus: Focus | null;
  readonly limit: number;
  readonly depth: number;
};

/** After `after`, up to and with `upTo`. */
export type IdRange = { readonly after: number; readonly upTo: number };

/** What the asker has to mend. */
export class DagScopeError extends Error {
  override readonly name = "DagScopeError";
}

export async function scopeOf(source: Source, params: DagParams): Promise<Scope> {
  const { t1 } = await recordingRange(source);
  const focus = params.event === undefined ? null : await focusOf(source, params.event);
  return {
    from: params.from ?? 0,
    to: params.to ?? t1,
    // whoever asks for an event wants to see it
    pids:
      params.pids === undefined
        ? null
        : [...(await pidIndexes(source, params.pids)), ...(focus === null ? [] : [focus.pid])],
    focus,
    limit: params.limit,
    depth: params.depth ?? Number.POSITIVE_INFINITY,
  };
}

async function pidIndexes(source: Source, pids: readonly string[]): Promise<readonly number[]> {
  const rows = await select(source, sql`SELECT id FROM base.pids WHERE text IN ${pids}`);
  if (rows.length < new Set(pids).size) {
    throw new DagScopeError(`not all of ${pids.join(", ")} were seen in this recording`);
  }
  return rows.map((row) => asNumber(row[0]));
}

async function focusOf(source: Source, event: number): Promise<Focus> {
  const [row] = await select(
    source,
    sql`SELECT e.t, e.pid, e.frame, (SELECT min(call) FROM raw.calls WHERE call = ${event} OR exit_event = ${event})
      FROM (SELECT t, pid, frame FROM raw.events WHERE id = ${event} LIMIT 1) e`,
  );
  const pid = asNumberOrNull(row?.[1]);
  if (row === undefined || pid === null) {
    throw new DagScopeError(`the recording has no event ${event} of a process`);
  }
  const call = asNumberOrNull(row[3]) ?? asNumberOrNull(row[2]);
  return { event, t: asNumber(row[0]), pid, call };
}

/** The ids of the events in a stretch of time. Ids rise nearly with time, so others may lie between. */
export async function idsIn(
  source: Source,
  { from, to }: Pick<Scope, "from" | "to">,
): Promise<IdRange> {
  const [row] = await select(
    source,
    sql`SELECT min(id), max(id) FROM raw.events WHERE t BETWEEN ${from} AND ${to}`,
  );
  const last = asNumberOrNull(row?.[1]) ?? 0;
  return { after: (asNumberOrNull(row?.[0]) ?? 1) - 1, upTo: last };
}

export function inIds(column: Sql, { after, upTo }: IdRange): Sql {
  return sql`${column} BETWEEN ${after + 1} AND ${upTo}`;
}

export function ofPids(column: Sql, { pids }: Pick<Scope, "pids">): Sql {
  return pids === null ? sql`true` : sql`${column} IN ${pids}`;
}

/** The time and the process of a call. What runs there meanwhile is below it. */
export async function insideOfCall(source: Source, scope: Scope, call: number): Promise<Scope> {
  const [row] = await select(
    source,
    sql`SELECT pid, t_enter, t_exit FROM raw.calls WHERE call = ${call} LIMIT 1`,
  );
  if (row === undefined) throw new DagScopeError(`the recording has no call ${call}`);
  const to = asNumberOrNull(row[2]) ?? scope.to;
  return { ...scope, pids: [asNumber(row[0])], from: asNumber(row[1]), to };
}

/** As many versions of the process of an event before it as after it, and the one that it is or found. */
export async function versionsAround(
  source: Source,
  scope: Scope,
  { event, pid }: Focus,
): Promise<{ readonly scope: Scope; readonly ids: IdRange; readonly focus: string }> {
  const half = Math.ceil(scope.limit / 4);
  const where = sql`pid = ${pid} AND t BETWEEN ${scope.from} AND ${scope.to}`;
  const rows = await select(
    source,
    sql`(SELECT event FROM raw.states WHERE ${where} AND event <= ${event} ORDER BY event DESC LIMIT ${half})
      UNION ALL (SELECT event FROM raw.states WHERE ${where} AND event > ${event} ORDER BY event LIMIT ${half})
      ORDER BY 1`,
  );
  const events = rows.map((row) => asNumber(row[0]));
  const [first] = events;
  if (first === undefined) throw new DagScopeError(`the process of event ${event} has no states`);
  const found = events.findLast((one) => one <= event) ?? first;
  return {
    scope: { ...scope, pids: [pid] },
    ids: { after: first - 1, upTo: events.at(-1) ?? first },
    focus: eventNode(found),
  };
}
