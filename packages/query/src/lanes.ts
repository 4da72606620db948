// One lane per process with what fits on screen: calls as boxes by depth, instants as marks.
//
// Level of detail: a call at least as long as a bucket is a box of its own; shorter ones that begin in
// the same bucket at the same depth become one box with their count. At one depth calls of a process do
// not overlap, so a lane has at most buckets × depth boxes; where that is too much for one answer the
// buckets get wider, and nothing is left out. Only absurdly deep or many lanes are cut (`truncated`).

import { CALL_OUTCOMES, EVENT_KINDS, type CallOutcome, type EventKind } from "@elixirscope/trace";
import type { LaneView, MarkView, Params, Reply, SpanView } from "@elixirscope/wire";
import { Buckets } from "./buckets.ts";
import { kindCode } from "./event-kinds.ts";
import { mfaText } from "./names.ts";
import { processPage, type ProcessRow } from "./process-list.ts";
import { recordingRange } from "./recording-range.ts";
import { asNumber, asNumberOrNull, asText, select, sql, type Row, type Source } from "./sql.ts";

const MAX_DEPTH = 64;
/** Boxes, and separately marks, in one answer: together about 4 MB of JSON. */
const MAX_ITEMS = 20_000;
const MIN_ITEMS_PER_LANE = 500;
const MIN_BUCKETS = 100;
/** Kinds of marks that a busy process has many of: send, receive, state. */
const USUAL_MARKS = 3;

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

const MARK_CODES = EVENT_KINDS.filter((kind) => MARKS[kind] !== undefined).map(kindCode);
const LINK_CODES = EVENT_KINDS.filter((kind) => MARKS[kind] === "link").map(kindCode);

export async function lanes(source: Source, params: Params<"lanes">): Promise<Reply<"lanes">> {
  const { t0, t1, buckets: count, ...selection } = params;
  const buckets = new Buckets({ t0, t1 }, count);
  const [page, range] = await Promise.all([processPage(source, selection), recordingRange(source)]);
  const indexes = page.rows.map((row) => row.index);
  if (indexes.length === 0) return { total: page.total, lanes: [] };
  const [calls, instants] = await Promise.all([
    callSizes(source, indexes, buckets),
    markCount(source, indexes, buckets),
  ]);
  const perLane = Math.max(MIN_ITEMS_PER_LANE, Math.floor(MAX_ITEMS / indexes.length));
  const [spans, marks] = await Promise.all([
    spansOf(source, indexes, fitting(buckets, calls.count, calls.rows), range.t1, perLane),
    marksOf(source, indexes, fitting(buckets, instants, indexes.length * USUAL_MARKS), perLane),
  ]);
  return {
    total: page.total,
    lanes: page.rows.map((row) => {
      const depth = calls.depths.get(row.index) ?? 0;
      return lane(row, spans.get(row.index), marks.get(row.index), depth, perLane);
    }),
  };
}

/** Buckets so wide that `rows` of them make no more than `MAX_ITEMS`, if there is that much at all. */
function fitting(buckets: Buckets, items: number, rows: number): Buckets {
  if (items <= MAX_ITEMS) return buckets;
  return buckets.coarser(Math.max(MIN_BUCKETS, Math.floor(MAX_ITEMS / Math.max(1, rows))));
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

/** Numbers come as DOUBLE (they are below 2^53): the driver makes a bigint of each other one. */
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
        SELECT pid, depth, min(t_enter), max(t_end), count(*), CASE WHEN count(*) = 1 THEN min(call) END, min(fun),
          CASE WHEN min(fun) IS NOT DISTINCT FROM max(fun) THEN 1 ELSE 2 END, min(outcome),
          CASE WHEN min(outcome) = max(outcome) THEN 1 ELSE 2 END
        FROM seen WHERE t_end - t_enter < ${width} AND t_end >= ${t0}
        GROUP BY pid, depth, ${buckets.sqlSlice(sql`t_enter`)})
      SELECT pid, depth, first::DOUBLE, last::DOUBLE, count::DOUBLE, call::DOUBLE, fun, functions, outcome, outcomes
      FROM boxes QUALIFY row_number() OVER (PARTITION BY pid ORDER BY depth, first) <= ${perLane + 1}
      ORDER BY pid, depth, first`,
  );
  const names = await functionNames(
    source,
    rows.map((row) => asNumberOrNull(row[6]) ?? 0),
  );
  return grouped(rows, (row) => spanView(row, names));
}

/** Once per function, not once per box. */
async function functionNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await select(
    source,
    sql`SELECT id, module, "function", arity FROM base.functions WHERE id IN ${[...new Set(ids)]}`,
  );
  return new Map(
    rows.map((row) => [
      asNumber(row[0]),
      mfaText(asText(row[1]), asText(row[2]), asNumber(row[3])),
    ]),
  );
}

function spanView(row: Row, names: ReadonlyMap<number, string>): SpanView {
  const [, depth, t0, t1, count, call, fun, functions, outcome, outcomes] = row;
  const mfa = names.get(asNumberOrNull(fun) ?? 0) ?? "an unknown function";
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
  const rows = await select(
    source,
    sql`SELECT pid, min(t)::DOUBLE AS first, mark, count(*)::DOUBLE, CASE WHEN count(*) = 1 THEN min(id)::DOUBLE END
      FROM (SELECT pid, t, id, CASE WHEN kind IN ${LINK_CODES} THEN ${kindCode("link")} ELSE kind END AS mark,
          ${buckets.sqlOf(sql`t`)} AS bucket
        FROM raw.events
        WHERE pid IN ${indexes} AND t BETWEEN ${buckets.t0} AND ${buckets.t1} AND kind IN ${MARK_CODES})
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

type CallSizes = {
  /** per process, over the whole recording: a lane keeps its height while the page scrolls in time */
  readonly depths: ReadonlyMap<number, number>;
  /** rows of boxes in all lanes */
  readonly rows: number;
  /** calls that began in the range */
  readonly count: number;
};

async function callSizes(
  source: Source,
  indexes: readonly number[],
  { t0, t1 }: Buckets,
): Promise<CallSizes> {
  const rows = await select(
    source,
    sql`SELECT pid, max(depth) + 1, count(*) FILTER (t_enter BETWEEN ${t0} AND ${t1})
      FROM raw.calls WHERE pid IN ${indexes} GROUP BY pid`,
  );
  const depths = new Map(rows.map((row) => [asNumber(row[0]), asNumber(row[1])]));
  return {
    depths,
    rows: [...depths.values()].reduce((sum, depth) => sum + Math.min(depth, MAX_DEPTH), 0),
    count: rows.reduce((sum, row) => sum + asNumber(row[2]), 0),
  };
}

async function markCount(
  source: Source,
  indexes: readonly number[],
  { t0, t1 }: Buckets,
): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM raw.events
      WHERE pid IN ${indexes} AND t BETWEEN ${t0} AND ${t1} AND kind IN ${MARK_CODES}`,
  );
  return asNumber(row?.[0]);
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
