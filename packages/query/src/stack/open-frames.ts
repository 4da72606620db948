// The calls of a process that were running at an instant, and what each did last at each of its sites.
//
// Calls are stored when they end, so the closed ones around an instant lie close together and row
// groups are skipped by both times; the open ones are few. That is why the two are asked for apart.

import type { Term } from "@elixirscope/etf";
import { CALL_OUTCOMES } from "@elixirscope/trace";
import { CAPTURING_CODES, capturedValues, siteNames } from "../captured-values.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";

const OPEN = CALL_OUTCOMES.indexOf("open");
const MAX_FRAMES = 200;

/** `event` null: everything at `t` has happened; else only what has an id up to it. */
export type Cutoff = { readonly t: number; readonly event: number | null };

export type OpenFrame = {
  readonly call: number;
  readonly function: number | null;
  readonly module: string;
  readonly name: string;
  readonly arity: number;
  readonly t: number;
  readonly outcome: string;
  readonly exitEvent: number | null;
  readonly args: Uint8Array | null;
  readonly result: Uint8Array | null;
};

export type FrameSite = {
  readonly event: number;
  readonly t: number;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
  readonly nodeId: string | null;
};

/** The latest event of a frame at one site, with the values that it captured. */
export type SiteVisit = FrameSite & { readonly values: ReadonlyMap<string, Term> };

/** Outermost first; at most the innermost `MAX_FRAMES` of `total`. */
export async function openFrames(
  source: Source,
  pid: number,
  { t, event }: Cutoff,
): Promise<{ readonly frames: readonly OpenFrame[]; readonly total: number }> {
  const begun = event === null ? sql`t_enter <= ${t}` : sql`t_enter <= ${t} AND call <= ${event}`;
  // at its own last event a frame is still there: that is where one stands to see how it ended
  const ends = event === null ? sql`t_exit > ${t}` : sql`t_exit >= ${t} AND exit_event >= ${event}`;
  const columns = sql`call, "function", depth, t_enter, outcome, exit_event, args, result`;
  const rows = await select(
    source,
    sql`SELECT c.call, c."function", f.module, f."function", f.arity, c.t_enter, c.outcome, c.exit_event,
        payload(c.args), payload(c.result), c.total
      FROM (SELECT *, count(*) OVER () AS total FROM (
          SELECT ${columns} FROM raw.calls WHERE pid = ${pid} AND ${begun} AND ${ends}
          UNION ALL SELECT ${columns} FROM raw.calls
            WHERE pid = ${pid} AND ${begun} AND t_exit IS NULL AND outcome = ${OPEN})
        ORDER BY depth DESC, call DESC LIMIT ${MAX_FRAMES}) c
        LEFT JOIN base.functions f ON f.id = c."function" ORDER BY c.depth, c.call`,
  );
  const frames = rows.map((row) => ({
    call: asNumber(row[0]),
    function: asNumberOrNull(row[1]),
    module: asTextOrNull(row[2]) ?? "?",
    name: asTextOrNull(row[3]) ?? "?",
    arity: asNumberOrNull(row[4]) ?? 0,
    t: asNumber(row[5]),
    outcome: CALL_OUTCOMES[asNumber(row[6])] ?? "lost",
    exitEvent: asNumberOrNull(row[7]),
    args: asBytesOrNull(row[8]),
    result: asBytesOrNull(row[9]),
  }));
  return { frames, total: rows[0] === undefined ? 0 : asNumber(rows[0][10]) };
}

/** For each frame its latest event at each of its sites, newest first. */
export async function latestVisits(
  source: Source,
  pid: number,
  frames: readonly OpenFrame[],
  cutoff: Cutoff,
): Promise<ReadonlyMap<number, readonly SiteVisit[]>> {
  if (frames.length === 0) return new Map();
  const rows = await select(
    source,
    sql`SELECT l.frame, l.id, l.t, s.kind, s.file, s.line, s."column", s.node_id, s.names,
        CASE WHEN l.kind IN ${CAPTURING_CODES} AND s.names IS NOT NULL THEN payload(nullif(l.payload, 0)) END,
        l.flags, payload(b.value)
      FROM (SELECT frame, site, max(id) AS id, arg_max(t, id) AS t, arg_max(kind, id) AS kind,
            arg_max(coalesce(payload, 0), id) AS payload, arg_max(flags, id) AS flags FROM raw.events
          WHERE ${within(pid, frames, cutoff)} AND frame IN ${ids(frames)} AND site IS NOT NULL
          GROUP BY frame, site) l
        JOIN raw.sites s ON s.site = l.site
        LEFT JOIN (SELECT event, value FROM raw.bindings WHERE call IN ${ids(frames)}) b ON b.event = l.id
      ORDER BY l.id DESC`,
  );
  const found = new Map<number, SiteVisit[]>();
  for (const row of rows) {
    const frame = asNumber(row[0]);
    const visits = found.get(frame) ?? [];
    found.set(frame, visits);
    visits.push({ ...siteOf(row.slice(1)), values: valuesOf(row.slice(8)) });
  }
  return found;
}

/** `names, payload, flags, further` */
function valuesOf([names, payload, count, further]: Row): ReadonlyMap<string, Term> {
  const captured = {
    payload: asBytesOrNull(payload),
    count: asNumberOrNull(count) ?? 0,
    further: asBytesOrNull(further),
  };
  return capturedValues(captured, siteNames(asTextOrNull(names)));
}

/** Functions that have sites: their frames can be looked into. */
export async function instrumentedFunctions(
  source: Source,
  frames: readonly OpenFrame[],
): Promise<ReadonlySet<number>> {
  const functions = frames.flatMap((frame) => (frame.function === null ? [] : [frame.function]));
  if (functions.length === 0) return new Set();
  const rows = await select(
    source,
    sql`SELECT DISTINCT "function" FROM raw.sites WHERE "function" IN ${functions}`,
  );
  return new Set(rows.map(([id]) => asNumber(id)));
}

function within(pid: number, frames: readonly OpenFrame[], { t, event }: Cutoff): Sql {
  const from = frames.reduce((min, frame) => Math.min(min, frame.t), t);
  const own = sql`pid = ${pid} AND t BETWEEN ${from} AND ${t}`;
  return event === null ? own : sql`${own} AND id <= ${event}`;
}

function ids(frames: readonly OpenFrame[]): readonly number[] {
  return frames.map(({ call }) => call);
}

/** `event, t, kind, file, line, column, node_id` */
function siteOf(row: readonly unknown[]): FrameSite {
  return {
    event: asNumber(row[0]),
    t: asNumber(row[1]),
    kind: asTextOrNull(row[2]) ?? "",
    file: asTextOrNull(row[3]) ?? "",
    line: asNumberOrNull(row[4]) ?? 0,
    column: asNumberOrNull(row[5]),
    nodeId: asTextOrNull(row[6]),
  };
}
