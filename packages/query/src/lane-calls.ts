// Where the calls of lanes are read from: short ones counted already where a partition has a digest, else one by one.
//
// Each row says which box it belongs to, and is one call or several: first, last, count, and of function and outcome
// the least and the greatest, which are the same where all calls have the same.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { TimeRange } from "@elixirscope/wire";
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
  type Slices,
} from "./digests.ts";
import { joined, sql, type Sql } from "./sql.ts";

/** Deeper boxes are not drawn. */
export const MAX_DEPTH = 64;

/** Added to the id of a long call, to group it by itself: no slice has such a number. */
const ALONE = 2 ** 60;
const OPEN = CALL_OUTCOMES.indexOf("open");

type Boxes = {
  readonly range: TimeRange;
  /** ns; calls at least as long have a box of their own */
  readonly width: number;
  /** the number of the box that a call of this beginning belongs to */
  readonly boxOf: (column: Sql) => Sql;
  /** of the recording */
  readonly end: number;
};

/** Of every process. `end`: of the recording, where calls that are still open end. */
export function callCells(parts: readonly Part[], buckets: Buckets, end: number): Sql {
  const { t0, t1, width } = buckets;
  const boxes = { range: { t0, t1 }, end };
  const rowByRow = { ...boxes, width, boxOf: (t: Sql) => buckets.sqlSlice(t) };
  if (parts.length === 0) return callRows(sql`raw.calls`, rowByRow);
  // a call is in the partition of its end
  const held = parts.filter(({ range, entered }) => range.t1 >= t0 && entered.t0 <= t1);
  const open = parts.filter(({ hasOpen }) => hasOpen).map((part) => tableOf(part, "open_calls"));
  const reading = readingOf(held, ({ calls }) => calls, width);
  if (reading === null) {
    const tables = [...held.map((part) => tableOf(part, "calls")), ...open];
    if (tables.length === 0) return callRows(sql`(FROM raw.calls WHERE false)`, rowByRow);
    return unionOf(tables.map((table) => callRows(table, rowByRow)));
  }
  const counted = {
    ...boxes,
    width: reading.width,
    boxOf: (t: Sql) => sql`(${t} // ${reading.width})`,
  };
  return unionOf([
    ...reading.pieces.flatMap(({ part, level }) => piecesOf(part, level, counted)),
    ...open.map((table) => callRows(table, counted)),
  ]);
}

function piecesOf(part: Part, level: number | null, boxes: Boxes): readonly Sql[] {
  const calls = tableOf(part, "calls");
  const levels = part.digest?.calls ?? null;
  if (level === null || levels === null) return [callRows(calls, boxes)];
  const { slices, nested, finest, before, behind } = cover(boxes.range, level, levels.finest);
  const shortest = 2 ** finest;
  // a call may have begun so long before the range that it reaches into it
  const ends = [{ t0: before.t0 - shortest, t1: before.t1 }, behind];
  return [
    ...slices
      .filter((some) => overlap(timeOf(some), part.entered))
      .map(
        (
          some,
        ) => sql`SELECT pid, depth, slice // ${boxes.width / 2 ** some.level} AS box, first, last, count, call, "function" AS fun,
          last_function AS last_fun, outcome, last_outcome
        FROM ${cellsOf(part, "call_cells", some)} WHERE depth < ${MAX_DEPTH}`,
      ),
    ...ends
      .filter((end) => overlap(end, part.entered))
      .map(({ t0, t1 }) =>
        callRows(
          sql`(FROM ${calls} WHERE t_enter BETWEEN ${t0} AND ${t1} AND ${TOOK} < ${shortest})`,
          boxes,
        ),
      ),
    callRows(
      sql`(FROM ${tableOf(part, "long_calls")} WHERE ${TOOK} >= ${countedUpTo(nested, shortest)})`,
      boxes,
    ),
  ];
}

/** Calls that took so long are not in the cells that are read where they began. */
function countedUpTo(nested: readonly Slices[], shortest: number): Sql {
  const cases = nested.map((some) => {
    const { t0, t1 } = timeOf(some);
    return sql`WHEN t_enter BETWEEN ${t0} AND ${t1} THEN ${2 ** some.level} `;
  });
  return sql`CASE ${joined(cases)} ELSE ${shortest} END`;
}

/** As the digest counts. */
const TOOK = sql`coalesce(t_exit, t_enter) - t_enter`;

function callRows(table: Sql, { range, width, boxOf, end }: Boxes): Sql {
  const { t0, t1 } = range;
  return sql`SELECT pid, depth, CASE WHEN t_end - t_enter >= ${width} THEN call::BIGINT + ${ALONE} ELSE ${boxOf(sql`t_enter`)} END AS box,
      t_enter AS first, t_end AS last, 1 AS count, call, fun, fun AS last_fun, outcome, outcome AS last_outcome
    FROM (
      SELECT pid, depth, "function" AS fun, call, outcome, t_enter, ${endOfCall(end)} AS t_end
      FROM ${table}
      WHERE depth < ${MAX_DEPTH} AND t_enter <= ${t1} AND (t_exit >= ${t0} OR t_exit IS NULL))
    WHERE t_end >= ${t0}`;
}

/** `lost` and `tail` calls without an end are drawn as an instant: how long they took is not known. */
function endOfCall(end: number): Sql {
  return sql`CASE WHEN t_exit IS NOT NULL THEN t_exit
    WHEN outcome = ${OPEN} THEN greatest(t_enter, ${end}) ELSE t_enter END`;
}

/** For `laneCounts`, of calls that began in the range: of a partition, from cells of about `level`, else row by row. */
export function countedCalls(part: Part, level: number, range: TimeRange): readonly Sql[] {
  const open = part.hasOpen ? [callsIn(tableOf(part, "open_calls"), range)] : [];
  if (!overlap(part.entered, range)) return open;
  const levels = part.digest?.calls ?? null;
  if (levels === null || levels.finest > level) {
    return [callsIn(tableOf(part, "calls"), range), ...open];
  }
  const some = touched(range, Math.min(level, levels.coarsest));
  const long = sql`(FROM ${tableOf(part, "long_calls")} WHERE ${TOOK} >= ${2 ** some.level})`;
  const cells = sql`SELECT pid, count FROM ${cellsOf(part, "call_cells", some)}`;
  return [cells, callsIn(long, range), ...open];
}

/** One by one. */
export function callsIn(table: Sql, { t0, t1 }: TimeRange): Sql {
  return sql`SELECT pid, 1 AS count FROM ${table} WHERE t_enter BETWEEN ${t0} AND ${t1}`;
}
