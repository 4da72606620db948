// The marks of lanes: instants of a kind, counted per bucket.

import { MARK_KINDS, type MarkKind } from "@elixirscope/store";
import { MARKS, type MarkColumns, type MarkView, type TimeRange } from "@elixirscope/wire";
import type { Buckets } from "./buckets.ts";
import {
  cellsOf,
  cover,
  overlap,
  readingOf,
  tableOf,
  timeOf,
  touched,
  unionOf,
  type Part,
} from "./digests.ts";
import { kindCode } from "./event-kinds.ts";
import { firstOfLane, RowsByPid, type Detail } from "./lane-detail.ts";
import { shown } from "./lane-page.ts";
import { NO_ROWS, selectVectors, sql, type Source, type Sql } from "./sql.ts";

/** Kinds of marks that a busy process has many of: send, receive, state. */
export const USUAL_MARKS = 3;

const VIEWS: Readonly<Record<MarkKind, MarkView["kind"]>> = {
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

const MARK_CODES = MARK_KINDS.map(kindCode);
const LINK_CODES = MARK_KINDS.filter((kind) => VIEWS[kind] === "link").map(kindCode);
/** By the code of a kind, its place in `MARKS`. */
const PLACES = new Map(MARK_KINDS.map((kind) => [kindCode(kind), MARKS.indexOf(VIEWS[kind])]));
/** One bit for each kind of mark: a list of that many numbers is joined with, for every row. */
const IS_MARK = sql`((${MARK_CODES.reduce((bits, code) => bits + 2 ** code, 0)} >> kind::BIGINT) & 1) = 1`;
/** DuckDB tests a range while it reads: the few kinds between are left out later. */
const MAY_BE_MARK = sql`kind BETWEEN ${Math.min(...MARK_CODES)} AND ${Math.max(...MARK_CODES)}`;

export type LaneMarks = {
  readonly columns: MarkColumns;
  readonly rows: RowsByPid;
};

export async function marksOf(
  source: Source,
  parts: readonly Part[],
  indexes: readonly number[],
  { buckets, perLane }: Detail,
): Promise<LaneMarks> {
  const [pids = NO_ROWS, t = NO_ROWS, marks = NO_ROWS, count = NO_ROWS, event = NO_ROWS] =
    await selectVectors(
      source,
      sql`WITH marks AS (
        SELECT pid, CASE WHEN kind IN ${LINK_CODES} THEN ${kindCode("link")} ELSE kind END AS mark,
          min(first)::DOUBLE AS first, sum(count)::DOUBLE AS count, min(id)::DOUBLE AS id
        FROM (${markCells(parts, buckets)}) JOIN ${shown(indexes)} USING (pid) WHERE ${IS_MARK} GROUP BY pid, mark, box)
      SELECT pid, first, mark::DOUBLE, count, CASE WHEN count = 1 THEN id ELSE 0 END
      FROM marks ${firstOfLane(perLane, sql`first, mark`)}
      ORDER BY pid, first, mark`,
    );
  return {
    columns: { t, count, event, kind: Uint8Array.from(marks, (mark) => PLACES.get(mark) ?? 0) },
    rows: new RowsByPid(pids),
  };
}

/** Instants of the range of every process, `box`, `pid`, `kind`, `first`, `count`, `id`, in pieces still to be added up. */
function markCells(parts: readonly Part[], buckets: Buckets): Sql {
  const range = { t0: buckets.t0, t1: buckets.t1 };
  const rowByRow = (table: Sql): Sql => {
    const box = sql`least(${buckets.sqlSlice(sql`t`)}, ${buckets.count - 1})`;
    return markRows(table, box, range);
  };
  if (parts.length === 0) return rowByRow(sql`raw.events`);
  const within = parts.filter((part) => overlap(part.range, range));
  const reading = readingOf(within, ({ marks }) => marks, buckets.width);
  if (reading === null) {
    if (within.length === 0) return rowByRow(sql`(FROM raw.events WHERE false)`);
    return unionOf(within.map((part) => rowByRow(tableOf(part, "events"))));
  }
  const { pieces, width } = reading;
  return unionOf(pieces.flatMap(({ part, level }) => piecesOf(part, level, width, range)));
}

function piecesOf(
  part: Part,
  level: number | null,
  width: number,
  range: TimeRange,
): readonly Sql[] {
  const rows = (within: TimeRange): Sql =>
    markRows(tableOf(part, "events"), sql`t // ${width}`, within);
  const levels = part.digest?.marks ?? null;
  if (level === null || levels === null) return [rows(range)];
  const { slices, before, behind } = cover(range, level, levels.finest);
  return [
    ...slices
      .filter((some) => overlap(timeOf(some), part.range))
      .map(
        (some) => sql`SELECT slice // ${width / 2 ** some.level} AS box, pid, kind, first, count, id
          FROM ${cellsOf(part, "mark_cells", some)}`,
      ),
    ...[before, behind].filter((end) => overlap(end, part.range)).map(rows),
  ];
}

function markRows(table: Sql, box: Sql, { t0, t1 }: TimeRange): Sql {
  return sql`SELECT ${box} AS box, pid, kind, t AS first, 1 AS count, id
    FROM ${table} WHERE t BETWEEN ${t0} AND ${t1} AND ${MAY_BE_MARK}`;
}

/** For `laneCounts`: of a partition, from cells of about `level`, else row by row. */
export function countedMarks(part: Part, level: number, range: TimeRange): readonly Sql[] {
  if (!overlap(part.range, range)) return [];
  const levels = part.digest?.marks ?? null;
  if (levels === null || levels.finest > level) return [marksIn(tableOf(part, "events"), range)];
  const some = touched(range, Math.min(level, levels.coarsest));
  return [sql`SELECT pid, count FROM ${cellsOf(part, "mark_cells", some)}`];
}

/** One by one. */
export function marksIn(table: Sql, range: TimeRange): Sql {
  return sql`SELECT pid, count FROM (${markRows(table, sql`0`, range)}) WHERE ${IS_MARK}`;
}
