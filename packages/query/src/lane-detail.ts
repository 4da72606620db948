// How finely lanes are drawn, so that an answer stays small however much there is to draw.

import type { Buckets } from "./buckets.ts";
import { sql, type Sql } from "./sql.ts";

/** Boxes, and separately marks, in one answer: together up to 0.9 MB, and drawn in a frame. */
export const MAX_ITEMS = 14_000;
const MIN_BUCKETS = 80;
const MIN_ITEMS_PER_LANE = 500;
/** So many are sent before lanes are cut one by one, which takes as long again as to count them. */
const MOST_ITEMS = 5 * MAX_ITEMS;

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

/** Rows that follow each other, from one to before another. */
export type Rows = { readonly from: number; readonly to: number };

/** Where the rows of each process are, in rows that are sorted by process. */
export class RowsByPid {
  readonly #rows = new Map<number, Rows>();

  constructor(pids: Float64Array) {
    for (let from = 0, to = 0; from < pids.length; from = to) {
      const pid = pids[from] ?? 0;
      while (to < pids.length && pids[to] === pid) to += 1;
      this.#rows.set(pid, { from, to });
    }
  }

  of(pid: number): Rows {
    return this.#rows.get(pid) ?? { from: 0, to: 0 };
  }

  /** What is drawn of a lane. */
  drawnOf(pid: number, { perLane }: Detail): Rows & { readonly isCut: boolean } {
    const { from, to } = this.of(pid);
    const isCut = perLane !== null && to - from > perLane;
    return { from, to: isCut ? from + perLane : to, isCut };
  }
}

/** For the end of a SELECT with a column `pid`: the first rows of each lane, one more than it may have. */
export function firstOfLane(perLane: number | null, order: Sql): Sql {
  if (perLane === null) return sql``;
  return sql`QUALIFY row_number() OVER (PARTITION BY pid ORDER BY ${order}) <= ${perLane + 1}`;
}
