// How much there is to draw in a range, which decides how finely it is drawn. Of wide ranges it is counted in whole slices
// of the digests, where there may be an eighth less than it says.

import type { TimeRange } from "@elixirscope/wire";
import { unionOf, type Part } from "./digests.ts";
import { callsIn, countedCalls } from "./lane-calls.ts";
import { countedMarks, marksIn } from "./lane-marks.ts";
import { shown } from "./lane-page.ts";
import { asNumber, select, sql, type Source, type Sql } from "./sql.ts";

/** Slices may be as long as this part of the range. */
const PARTS = 16;

export type LaneCounts = {
  /** that began in the range */
  readonly calls: number;
  readonly instants: number;
};

export async function laneCounts(
  source: Source,
  parts: readonly Part[],
  indexes: readonly number[],
  { t0, t1 }: TimeRange,
): Promise<LaneCounts> {
  const range = { t0, t1 };
  const level = Math.floor(Math.log2(Math.max(1, t1 - t0) / PARTS));
  const isNothingSealed = parts.length === 0;
  const calls = isNothingSealed
    ? [callsIn(sql`raw.calls`, range)]
    : parts.flatMap((part) => countedCalls(part, level, range));
  const marks = isNothingSealed
    ? [marksIn(sql`raw.events`, range)]
    : parts.flatMap((part) => countedMarks(part, level, range));
  const [row] = await select(
    source,
    sql`SELECT ${sumOf(calls, indexes)}, ${sumOf(marks, indexes)}`,
  );
  return { calls: asNumber(row?.[0]), instants: asNumber(row?.[1]) };
}

function sumOf(counted: readonly Sql[], indexes: readonly number[]): Sql {
  if (counted.length === 0) return sql`0`;
  return sql`(SELECT coalesce(sum(count), 0)::DOUBLE FROM (${unionOf(counted)}) JOIN ${shown(indexes)} USING (pid))`;
}
