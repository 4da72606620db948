// One lane per process with what fits on screen: calls as boxes by depth, instants as marks.
//
// Level of detail: a call at least as long as a bucket is a box of its own; shorter ones that begin in
// the same bucket at the same depth become one box with their count. At one depth calls of a process do
// not overlap, so a lane's size is bounded by buckets × depth, and `MAX_SPANS` bounds the whole answer.

import { CALL_OUTCOMES, EVENT_KINDS, type CallOutcome, type EventKind } from "@elixirscope/trace";
import type { LaneView, MarkView, Params, Reply, SpanView } from "@elixirscope/wire";
import { Buckets } from "./buckets.ts";
import { kindCode } from "./event-kinds.ts";
import { mfaText } from "./names.ts";
import { processPage, type ProcessRow } from "./process-list.ts";
import { recordingRange } from "./recording-range.ts";
import {
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Row,
  type Source,
} from "./sql.ts";

const MAX_DEPTH = 64;
/** Boxes, and separately marks, in one answer: about 5 MB of JSON. */
const MAX_SPANS = 40_000;
const MIN_SPANS_PER_LANE = 400;

/** `lost` and `tail` calls without an end are drawn as an instant: how long they took is not known. */
const END_OF_CALL = sql`CASE WHEN t_exit IS NOT NULL THEN t_exit WHEN outcome = ${outcomeCode("open")} THEN NULL ELSE t_enter END`;

const MARKS: Readonly<Partial<Record<EventKind, MarkView["kind"]>>> = {
  send: "send",
  receive: "receive",
  state: "state",
  exit: "exit",
  spawn: "spawn",
  exception: "exception",
  link: "link",
  unlink: "link",
  getting_linked: "link",
  getting_unlinked: "link",
};

export async function lanes(source: Source, params: Params<"lanes">): Promise<Reply<"lanes">> {
  const { t0, t1, buckets: count, ...selection } = params;
  const buckets = new Buckets({ t0, t1 }, count);
  const [page, range] = await Promise.all([processPage(source, selection), recordingRange(source)]);
  const indexes = page.rows.map((row) => row.index);
  if (indexes.length === 0) return { total: page.total, lanes: [] };
  const perLane = Math.max(MIN_SPANS_PER_LANE, Math.floor(MAX_SPANS / indexes.length));
  const [spans, marks, depths] = await Promise.all([
    spansOf(source, indexes, buckets, range.t1, perLane),
    marksOf(source, indexes, buckets, perLane),
    depthsOf(source, indexes),
  ]);
  return {
    total: page.total,
    lanes: page.rows.map((row) =>
      lane(row, spans.get(row.index), marks.get(row.index), depths.get(row.index) ?? 0, perLane),
    ),
  };
}

function lane(
  process: ProcessRow,
  spans: readonly SpanView[] = [],
  marks: readonly MarkView[] = [],
  depth: number,
  perLane: number,
): LaneView {
  const truncated = spans.length > perLane || marks.length > perLane || depth > MAX_DEPTH;
  return {
    pid: process.pid,
    name: process.name ?? process.label,
    group: process.application ?? "other processes",
    tSpawned: process.tSpawned,
    tExited: process.tExited,
    depth,
    spans: spans.slice(0, perLane),
    marks: marks.slice(0, perLane),
    ...(truncated ? { truncated } : {}),
  };
}

async function spansOf(
  source: Source,
  indexes: readonly number[],
  buckets: Buckets,
  end: number,
  perLane: number,
): Promise<Map<number, SpanView[]>> {
  const { t0, t1, width } = buckets;
  const rows = await select(
    source,
    sql`WITH seen AS (
        SELECT pid, depth, "function" AS fun, call, outcome, t_enter, coalesce(${END_OF_CALL}, greatest(t_enter, ${end})) AS t_end
        FROM raw.calls
        WHERE pid IN ${indexes} AND depth < ${MAX_DEPTH} AND t_enter <= ${t1} AND (t_exit >= ${t0} OR t_exit IS NULL)),
      boxes AS (
        SELECT pid, depth, t_enter AS first, t_end AS last, 1 AS count, call, fun, 1 AS functions, outcome, 1 AS outcomes
        FROM seen WHERE t_end - t_enter >= ${width} AND t_end >= ${t0}
        UNION ALL
        SELECT pid, depth, min(t_enter), max(t_end), count(*), CASE WHEN count(*) = 1 THEN min(call) END, mode(fun),
          CASE WHEN min(fun) IS NOT DISTINCT FROM max(fun) THEN 1 ELSE 2 END, min(outcome),
          CASE WHEN min(outcome) = max(outcome) THEN 1 ELSE 2 END
        FROM seen WHERE t_end - t_enter < ${width} AND t_end >= ${t0}
        GROUP BY pid, depth, floor((t_enter - ${t0}) / ${width}))
      SELECT b.pid, b.depth, b.first, b.last, b.count, b.call, f.module, f."function", f.arity, b.functions, b.outcome, b.outcomes
      FROM (SELECT * FROM boxes QUALIFY row_number() OVER (PARTITION BY pid ORDER BY depth, first) <= ${perLane + 1}) b
        LEFT JOIN base.functions f ON f.id = b.fun
      ORDER BY b.pid, b.depth, b.first`,
  );
  return grouped(rows, spanView);
}

function spanView(row: Row): SpanView {
  const [, depth, t0, t1, count, call, module, name, arity, functions, outcome, outcomes] = row;
  const mfa = mfaText(
    asTextOrNull(module) ?? "?",
    asTextOrNull(name) ?? "?",
    asNumberOrNull(arity) ?? 0,
  );
  return {
    t0: asNumber(t0),
    t1: asNumber(t1),
    depth: asNumber(depth),
    label: asNumber(functions) === 1 ? mfa : `${mfa}, …`,
    count: asNumber(count),
    call: asNumberOrNull(call),
    outcome: asNumber(outcomes) === 1 ? outcomeOf(asNumber(outcome)) : "mixed",
  };
}

async function marksOf(
  source: Source,
  indexes: readonly number[],
  buckets: Buckets,
  perLane: number,
): Promise<Map<number, MarkView[]>> {
  const codes = EVENT_KINDS.filter((kind) => MARKS[kind] !== undefined).map(kindCode);
  const linkCodes = EVENT_KINDS.filter((kind) => MARKS[kind] === "link").map(kindCode);
  const rows = await select(
    source,
    sql`SELECT pid, min(t) AS first, mark, count(*), CASE WHEN count(*) = 1 THEN min(id) END
      FROM (SELECT pid, t, id, CASE WHEN kind IN ${linkCodes} THEN ${kindCode("link")} ELSE kind END AS mark,
          ${buckets.sqlOf(sql`t`)} AS bucket
        FROM raw.events
        WHERE pid IN ${indexes} AND t BETWEEN ${buckets.t0} AND ${buckets.t1} AND kind IN ${codes})
      GROUP BY pid, mark, bucket
      QUALIFY row_number() OVER (PARTITION BY pid ORDER BY first, mark) <= ${perLane + 1}
      ORDER BY pid, first, mark`,
  );
  return grouped(rows, (row) => ({
    t: asNumber(row[1]),
    kind: MARKS[EVENT_KINDS[asNumber(row[2])] ?? "none"] ?? "link",
    count: asNumber(row[3]),
    event: asNumberOrNull(row[4]),
  }));
}

/** Over the whole recording, so that a lane keeps its height while the page scrolls in time. */
async function depthsOf(source: Source, indexes: readonly number[]): Promise<Map<number, number>> {
  const rows = await select(
    source,
    sql`SELECT pid, max(depth) + 1 FROM raw.calls WHERE pid IN ${indexes} GROUP BY pid`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), asNumber(row[1])]));
}

function grouped<T>(rows: readonly Row[], view: (row: Row) => T): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const pid = asNumber(row[0]);
    const group = groups.get(pid);
    if (group === undefined) groups.set(pid, [view(row)]);
    else group.push(view(row));
  }
  return groups;
}

function outcomeCode(outcome: CallOutcome): number {
  return CALL_OUTCOMES.indexOf(outcome);
}

function outcomeOf(code: number): CallOutcome {
  return CALL_OUTCOMES[code] ?? "lost";
}
