// The calls of a process that were running at an instant, as frames, and what each did last at each of its sites.

import type { Term } from "@elixirscope/etf";
import { CALL_OUTCOMES } from "@elixirscope/trace";
import { Kept } from "../kept.ts";
import { CallDetails } from "../call-details.ts";
import { CAPTURING_CODES, valuesOfRow } from "../captured-values.ts";
import { rowsOf } from "../part-rows.ts";
import { runningCalls, type Cutoff } from "../running-calls.ts";
import {
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
  type Sql,
} from "../sql.ts";

const MAX_FRAMES = 200;

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
  cutoff: Cutoff,
): Promise<{ readonly frames: readonly OpenFrame[]; readonly total: number }> {
  const open = await runningCalls(source, pid, cutoff);
  const rows = await select(
    source,
    sql`SELECT call, "function", depth, t_enter, outcome, exit_event, args, result
      FROM (${open}) ORDER BY depth DESC, call DESC LIMIT ${MAX_FRAMES}`,
  );
  // mostly none is open: what names and terms cost is spent on those that are
  if (rows.length === 0) return { frames: [], total: 0 };
  const [frames, total] = await Promise.all([
    described(source, rows.toReversed()),
    rows.length < MAX_FRAMES ? rows.length : countRows(source, open),
  ]);
  return { frames, total };
}

async function countRows(source: Source, rows: Sql): Promise<number> {
  const [row] = await select(source, sql`SELECT count(*) FROM (${rows})`);
  return asNumber(row?.[0] ?? 0);
}

/** Of rows as `openFrames` asks for them: with the names of their functions, and their terms. */
async function described(source: Source, running: readonly Row[]): Promise<readonly OpenFrame[]> {
  const details = await CallDetails.of(
    source,
    running.map(([, id]) => asNumberOrNull(id)),
    running.flatMap(([, , , , , , args, result]) => [asNumberOrNull(args), asNumberOrNull(result)]),
  );
  return running.map(([call, id, , t, outcome, exitEvent, args, result]) => ({
    call: asNumber(call),
    function: asNumberOrNull(id),
    ...details.functionOf(asNumberOrNull(id)),
    t: asNumber(t),
    outcome: CALL_OUTCOMES[asNumber(outcome)] ?? "lost",
    exitEvent: asNumberOrNull(exitEvent),
    args: details.term(asNumberOrNull(args)),
    result: details.term(asNumberOrNull(result)),
  }));
}

/** For each frame its latest event at each of its sites, newest first. */
export async function latestVisits(
  source: Source,
  pid: number,
  frames: readonly OpenFrame[],
  cutoff: Cutoff,
): Promise<ReadonlyMap<number, readonly SiteVisit[]>> {
  if (frames.length === 0) return new Map();
  const from = frames.reduce((min, frame) => Math.min(min, frame.t), cutoff.t);
  const events = await rowsOf(source, "events", { t: [from, cutoff.t] });
  const rows = await select(
    source,
    sql`SELECT l.frame, l.id, l.t, s.kind, s.file, s.line, s."column", s.node_id, s.names,
        CASE WHEN l.kind IN ${CAPTURING_CODES} AND s.names IS NOT NULL THEN payload(nullif(l.payload, 0)) END,
        l.flags, payload(b.value)
      FROM (SELECT frame, site, max(id) AS id, arg_max(t, id) AS t, arg_max(kind, id) AS kind,
            arg_max(coalesce(payload, 0), id) AS payload, arg_max(flags, id) AS flags FROM ${events}
          WHERE ${within(pid, from, cutoff)} AND frame IN ${ids(frames)} AND site IS NOT NULL
          GROUP BY frame, site) l
        JOIN raw.sites s ON s.site = l.site
        LEFT JOIN (SELECT event, value FROM raw.bindings WHERE call IN ${ids(frames)}) b ON b.event = l.id
      ORDER BY l.id DESC`,
  );
  return visitsOf(rows);
}

/** By the first column: `_, event, t, kind, file, line, column, node_id, names, payload, flags, further`. */
export function visitsOf(rows: readonly Row[]): ReadonlyMap<number, readonly SiteVisit[]> {
  const found = new Map<number, SiteVisit[]>();
  for (const row of rows) {
    const of = asNumber(row[0]);
    const visits = found.get(of) ?? [];
    found.set(of, visits);
    visits.push({ ...siteOf(row.slice(1)), values: valuesOfRow(row.slice(8)) });
  }
  return found;
}

/** Of recordings that are whole. */
const withSites = new Kept<"sites", ReadonlySet<number>>(1);

/** Functions that have sites: frames of these can be looked into. */
export async function instrumentedFunctions(
  source: Source,
  frames: readonly OpenFrame[],
): Promise<ReadonlySet<number>> {
  const functions = frames.flatMap((frame) => (frame.function === null ? [] : [frame.function]));
  if (functions.length === 0) return new Set();
  return await withSites.of(source, "sites", async () => {
    const rows = await select(
      source,
      sql`SELECT DISTINCT "function" FROM raw.sites WHERE "function" IS NOT NULL`,
    );
    return new Set(rows.map(([id]) => asNumber(id)));
  });
}

function within(pid: number, from: number, { t, event }: Cutoff): Sql {
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
