// How finely lanes are drawn, so that an answer stays small however much there is to draw.

import type { TimeRange } from "@elixirscope/wire";
import type { Buckets } from "./buckets.ts";
import { asNumber, select, sql, type Source, type Sql } from "./sql.ts";

/** Boxes, and separately marks, in one answer: together about 0.6 MB of JSON, and drawn in a frame. */
export const MAX_ITEMS = 14_000;
const MIN_BUCKETS = 80;
const MIN_ITEMS_PER_LANE = 500;
/** So many are sent before lanes are cut one by one, which takes as long again as to count them. */
const MOST_ITEMS = 5 * MAX_ITEMS;
/** This part of a range is looked at before all of it. */
const FIRST_LOOK = 16;

/** How finely to draw, and what one lane may have at most; null: not more than `buckets` allow. */
export type Detail = { readonly buckets: Buckets; readonly perLane: number | null };

/** Where there are more than `MAX_ITEMS`, buckets so wide that `rows` of them do not make more than that. */
export function detailFor(
  buckets: Buckets,
  items: number,
  rows: number,
  lanesShown: number,
): Detail {
  if (items <= MAX_ITEMS) return { buckets, perLane: null };
  const count = Math.floor(MAX_ITEMS / Math.max(1, rows));
  if (count >= MIN_BUCKETS) return { buckets: buckets.coarser(count), perLane: null };
  const perLane = Math.max(MIN_ITEMS_PER_LANE, Math.floor(MAX_ITEMS / lanesShown));
  const isFew = rows * MIN_BUCKETS <= MOST_ITEMS;
  return { buckets: buckets.coarser(MIN_BUCKETS), perLane: isFew ? null : perLane };
}

/**
 * How many rows `rowsIn` a range there are; beyond `MAX_ITEMS` any number that is more than that. A look at the
 * beginning comes first: of a busy range it tells enough, where a LIMIT alone has DuckDB read from each partition.
 */
export async function countUpToMax(
  source: Source,
  { t0, t1 }: Buckets,
  rowsIn: (range: TimeRange) => Promise<Sql>,
): Promise<number> {
  const beginning = { t0, t1: t0 + Math.floor((t1 - t0) / FIRST_LOOK) };
  let count = 0;
  for (const range of [beginning, { t0, t1 }]) {
    const [row] = await select(
      source,
      sql`SELECT count(*) FROM (${await rowsIn(range)} LIMIT ${MAX_ITEMS + 1})`,
    );
    count = asNumber(row?.[0]);
    if (count > MAX_ITEMS) break;
  }
  return count;
}

/** What `view` makes of each row, by the process of the row. */
export function grouped<T>(
  pids: Float64Array | undefined,
  view: (row: number) => T,
): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const [row, pid] of (pids ?? new Float64Array()).entries()) {
    const group = groups.get(pid);
    if (group === undefined) groups.set(pid, [view(row)]);
    else group.push(view(row));
  }
  return groups;
}

/** For the end of a SELECT with a column `pid`: the first rows of each lane, one more than it may have. */
export function firstOfLane(perLane: number | null, order: Sql): Sql {
  if (perLane === null) return sql``;
  return sql`QUALIFY row_number() OVER (PARTITION BY pid ORDER BY ${order}) <= ${perLane + 1}`;
}
