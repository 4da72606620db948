// Where the calls of lanes are read from: short ones counted already where a partition has a digest, else one by one.
//
// Each row says which box it belongs to, and is one call or several: first, last, count, and of function and outcome
// the least and the greatest, which are the same where all calls have the same.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { TimeRange } from "@elixirscope/wire";
import type { Buckets } from "./buckets.ts";
import { readingOf, sliced, tableOf, unionOf, type Part } from "./digests.ts";
import { countUpToMax } from "./lane-detail.ts";
import { shown } from "./lane-page.ts";
import { sql, type Source, type Sql } from "./sql.ts";

/** Deeper boxes are not drawn. */
export const MAX_DEPTH = 64;

/** Added to the id of a long call, to group it by itself: no slice has such a number. */
const ALONE = 2 ** 60;
const OPEN = CALL_OUTCOMES.indexOf("open");

type Boxes = {
  /** processes */
  readonly indexes: readonly number[];
  readonly range: TimeRange;
  /** ns; calls at least as long have a box of their own */
  readonly width: number;
  /** the number of the box that a call of this beginning belongs to */
  readonly boxOf: (column: Sql) => Sql;
  /** of the recording */
  readonly end: number;
};

/** `end`: of the recording, where calls that are still open end. */
export function callCells(
  parts: readonly Part[],
  indexes: readonly number[],
  buckets: Buckets,
  end: number,
): Sql {
  const { t0, t1, width } = buckets;
  const boxes = { indexes, range: { t0, t1 }, end };
  // a call is in the partition of its end
  const later = parts.filter(({ range }) => range.t1 >= t0);
  const reading = readingOf(later, ({ calls }) => calls, width);
  if (reading === null) {
    return callRows(sql`raw.calls`, { ...boxes, width, boxOf: (t) => buckets.sqlSlice(t) });
  }
  const whole = {
    ...boxes,
    width: reading.width,
    boxOf: (t: Sql) => sql`(${t} // ${reading.width})`,
  };
  return unionOf(reading.pieces.flatMap(({ part, level }) => piecesOf(part, level, whole)));
}

function piecesOf(part: Part, level: number | null, boxes: Boxes): readonly Sql[] {
  const calls = tableOf(part, "calls");
  const open = part.isNewest ? [callRows(tableOf(part, "open_calls"), boxes)] : [];
  if (level === null) return [callRows(calls, boxes), ...open];
  const short = 2 ** level;
  const { slices, before, behind } = sliced(boxes.range, level);
  const [from, to] = slices;
  const ends = [{ t0: before.t0 - short, t1: before.t1 }, behind].filter(({ t0, t1 }) => t0 <= t1);
  return [
    sql`SELECT pid, depth, slice // ${boxes.width / short} AS box, first, last, count, call, "function" AS fun,
        last_function AS last_fun, outcome, last_outcome
      FROM ${tableOf(part, "call_cells")} JOIN ${shown(boxes.indexes)} USING (pid)
      WHERE level = ${level} AND slice >= ${from} AND slice < ${to} AND depth < ${MAX_DEPTH}`,
    ...ends.map(({ t0, t1 }) =>
      callRows(
        sql`(FROM ${calls} WHERE t_enter BETWEEN ${t0} AND ${t1} AND ${TOOK} < ${short})`,
        boxes,
      ),
    ),
    callRows(sql`(FROM ${tableOf(part, "long_calls")} WHERE ${TOOK} >= ${short})`, boxes),
    ...open,
  ];
}

/** As the digest counts. */
const TOOK = sql`coalesce(t_exit, t_enter) - t_enter`;

function callRows(table: Sql, { indexes, range, width, boxOf, end }: Boxes): Sql {
  const { t0, t1 } = range;
  return sql`SELECT pid, depth, CASE WHEN t_end - t_enter >= ${width} THEN call::BIGINT + ${ALONE} ELSE ${boxOf(sql`t_enter`)} END AS box,
      t_enter AS first, t_end AS last, 1 AS count, call, fun, fun AS last_fun, outcome, outcome AS last_outcome
    FROM (
      SELECT pid, depth, "function" AS fun, call, outcome, t_enter, ${endOfCall(end)} AS t_end
      FROM ${table} JOIN ${shown(indexes)} USING (pid)
      WHERE depth < ${MAX_DEPTH} AND t_enter <= ${t1} AND (t_exit >= ${t0} OR t_exit IS NULL))
    WHERE t_end >= ${t0}`;
}

/** `lost` and `tail` calls without an end are drawn as an instant: how long they took is not known. */
function endOfCall(end: number): Sql {
  return sql`CASE WHEN t_exit IS NOT NULL THEN t_exit
    WHEN outcome = ${OPEN} THEN greatest(t_enter, ${end}) ELSE t_enter END`;
}

/** Of calls that began in the range, as `countUpToMax` counts. */
export function callCount(
  source: Source,
  indexes: readonly number[],
  buckets: Buckets,
): Promise<number> {
  return countUpToMax(
    source,
    buckets,
    ({ t0, t1 }) => sql`SELECT 1 FROM raw.calls JOIN ${shown(indexes)} USING (pid)
      WHERE t_enter BETWEEN ${t0} AND ${t1}`,
  );
}
