// The marks of lanes: instants of a kind, counted per bucket.

import { MARK_KINDS, type MarkKind } from "@elixirscope/store";
import type { MarkView, TimeRange } from "@elixirscope/wire";
import type { Buckets } from "./buckets.ts";
import { readingOf, sliced, tableOf, unionOf, type Part } from "./digests.ts";
import { kindCode } from "./event-kinds.ts";
import { countUpToMax, firstOfLane, grouped, type Detail } from "./lane-detail.ts";
import { shown } from "./lane-page.ts";
import { selectVectors, sql, valueAt, type Source, type Sql } from "./sql.ts";

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
const VIEW_OF = new Map(MARK_KINDS.map((kind) => [kindCode(kind), VIEWS[kind]]));
/** DuckDB tests a range while it reads, a list of numbers only afterwards: the few kinds between are left out later. */
const MAY_BE_MARK = sql`kind BETWEEN ${Math.min(...MARK_CODES)} AND ${Math.max(...MARK_CODES)}`;

export async function marksOf(
  source: Source,
  parts: readonly Part[],
  indexes: readonly number[],
  { buckets, perLane }: Detail,
): Promise<Map<number, MarkView[]>> {
  const [pids, firsts, marks, counts, ids] = await selectVectors(
    source,
    sql`WITH marks AS (
        SELECT pid, CASE WHEN kind IN ${LINK_CODES} THEN ${kindCode("link")} ELSE kind END AS mark,
          min(first)::DOUBLE AS first, sum(count)::DOUBLE AS count, min(id)::DOUBLE AS id
        FROM (${markCells(parts, indexes, buckets)}) WHERE kind IN ${MARK_CODES} GROUP BY pid, mark, box)
      SELECT pid, first, mark::DOUBLE, count, CASE WHEN count = 1 THEN id ELSE 0 END
      FROM marks ${firstOfLane(perLane, sql`first, mark`)}
      ORDER BY pid, first, mark`,
  );
  return grouped(pids, (row) => {
    const id = valueAt(ids, row);
    return {
      t: valueAt(firsts, row),
      kind: VIEW_OF.get(valueAt(marks, row)) ?? "link",
      count: valueAt(counts, row),
      event: id === 0 ? null : id,
    };
  });
}

/** Instants of the range, `box`, `pid`, `kind`, `first`, `count`, `id`, in pieces still to be added up. */
function markCells(parts: readonly Part[], indexes: readonly number[], buckets: Buckets): Sql {
  const range = { t0: buckets.t0, t1: buckets.t1 };
  const within = parts.filter((part) => part.range.t0 <= range.t1 && part.range.t1 >= range.t0);
  const reading = readingOf(within, ({ marks }) => marks, buckets.width);
  if (reading === null) {
    const box = sql`least(${buckets.sqlSlice(sql`t`)}, ${buckets.count - 1})`;
    return markRows(sql`raw.events`, indexes, box, range);
  }
  const { pieces, width } = reading;
  return unionOf(pieces.flatMap(({ part, level }) => piecesOf(part, level, indexes, width, range)));
}

function piecesOf(
  part: Part,
  level: number | null,
  indexes: readonly number[],
  width: number,
  range: TimeRange,
): readonly Sql[] {
  const rows = (within: TimeRange): Sql =>
    markRows(tableOf(part, "events"), indexes, sql`t // ${width}`, within);
  if (level === null) return [rows(range)];
  const { slices, before, behind } = sliced(range, level);
  return [
    sql`SELECT slice // ${width / 2 ** level} AS box, pid, kind, first, count, id
      FROM ${tableOf(part, "mark_cells")} JOIN ${shown(indexes)} USING (pid)
      WHERE level = ${level} AND slice >= ${slices[0]} AND slice < ${slices[1]}`,
    ...[before, behind].filter(({ t0, t1 }) => t0 <= t1).map(rows),
  ];
}

function markRows(table: Sql, indexes: readonly number[], box: Sql, { t0, t1 }: TimeRange): Sql {
  return sql`SELECT ${box} AS box, pid, kind, t AS first, 1 AS count, id
    FROM ${table} JOIN ${shown(indexes)} USING (pid)
    WHERE t BETWEEN ${t0} AND ${t1} AND ${MAY_BE_MARK}`;
}

/** As `countUpToMax` counts. */
export function markCount(
  source: Source,
  indexes: readonly number[],
  buckets: Buckets,
): Promise<number> {
  return countUpToMax(
    source,
    buckets,
    ({ t0, t1 }) => sql`SELECT 1 FROM raw.events JOIN ${shown(indexes)} USING (pid)
      WHERE t BETWEEN ${t0} AND ${t1} AND ${MAY_BE_MARK} AND kind IN ${MARK_CODES}`,
  );
}
