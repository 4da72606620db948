// More messages than can be drawn: counted per bucket and pair. Ends that are not shown are one.

import { ELSEWHERE, type MergedMessages, type TimeRange } from "@elixirscope/wire";
import { Buckets } from "../buckets.ts";
import { pidTexts } from "../interned.ts";
import { inRangeSql } from "../messages-in-range.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";
import type { Membership } from "./members.ts";

/** About 400 KB of JSON. */
const MOST_MERGED = 4_000;
const FEWEST_BUCKETS = 16;
const OTHER = -1;

export async function mergedMessages(
  source: Source,
  range: TimeRange,
  indexes: readonly number[],
  { belongs }: Membership,
  wanted: number,
): Promise<readonly MergedMessages[]> {
  const pairs = (indexes.length + 2) ** 2;
  const fit = Math.max(FEWEST_BUCKETS, Math.floor(MOST_MERGED / pairs));
  const fine = await cells(source, range, indexes, belongs, wanted);
  // few of the possible pairs speak: only when there are too many arrows are the buckets made wider
  return fine.length <= MOST_MERGED || wanted <= fit
    ? fine
    : await cells(source, range, indexes, belongs, fit);
}

async function cells(
  source: Source,
  range: TimeRange,
  indexes: readonly number[],
  belongs: Membership["belongs"],
  count: number,
): Promise<readonly MergedMessages[]> {
  const buckets = new Buckets(range, count);
  const end = (column: "from_pid" | "to_pid"): ReturnType<typeof sql> => {
    const pid = column === "from_pid" ? sql`from_pid` : sql`to_pid`;
    return sql`CASE WHEN ${pid} IS NULL OR ${pid} IN ${indexes} THEN ${pid}::INTEGER ELSE ${OTHER} END`;
  };
  const rows = await select(
    source,
    sql`SELECT ${end("from_pid")} AS f, ${end("to_pid")} AS o, min(began), max(began), avg(began), count(*),
        arg_min(message, began), least(${count - 1}, greatest(0, ${buckets.sqlSlice(sql`began`)})) AS bucket
      FROM (${await inRangeSql(source, range, belongs)}) GROUP BY f, o, bucket ORDER BY avg(began), f, o`,
  );
  const ends = rows.flatMap(([from, to]) => [from, to].map(asNumberOrNull));
  const names = await pidTexts(
    source,
    ends.filter((pid) => pid !== null && pid !== OTHER).map(asNumber),
  );
  const nameOf = (pid: number | null): string | null =>
    pid === null ? null : pid === OTHER ? ELSEWHERE : (names.get(pid) ?? null);
  return rows.map((row) => ({
    from: nameOf(asNumberOrNull(row[0])),
    to: nameOf(asNumberOrNull(row[1])),
    t0: asNumber(row[2]),
    t1: asNumber(row[3]),
    t: asNumber(row[4]),
    count: asNumber(row[5]),
    event: asNumberOrNull(row[6]),
  }));
}
