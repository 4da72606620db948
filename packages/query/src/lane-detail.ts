// How finely lanes are drawn, so that an answer stays small however much there is to draw.

import type { Buckets } from "./buckets.ts";
import { asNumber, type Row } from "./sql.ts";

/** Boxes, and separately marks, in one answer: together about 4 MB of JSON. */
export const MAX_ITEMS = 20_000;
const MIN_BUCKETS = 100;
const MIN_ITEMS_PER_LANE = 500;
/** More than buckets and depth allow anyway. */
const UNCUT = 1_000_000;

/** How finely to draw, and what one lane may have at most. */
export type Detail = { readonly buckets: Buckets; readonly perLane: number };

/** Where there are more than `MAX_ITEMS`, buckets so wide that `rows` of them do not make more than that. */
export function detailFor(
  buckets: Buckets,
  items: number,
  rows: number,
  lanesShown: number,
): Detail {
  if (items <= MAX_ITEMS) return { buckets, perLane: UNCUT };
  const count = Math.floor(MAX_ITEMS / Math.max(1, rows));
  if (count >= MIN_BUCKETS) return { buckets: buckets.coarser(count), perLane: UNCUT };
  const perLane = Math.max(MIN_ITEMS_PER_LANE, Math.floor(MAX_ITEMS / lanesShown));
  return { buckets: buckets.coarser(MIN_BUCKETS), perLane };
}

/** Rows whose first column is the process, by process. */
export function grouped<T>(rows: readonly Row[], view: (row: Row) => T): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const pid = asNumber(row[0]);
    const group = groups.get(pid);
    if (group === undefined) groups.set(pid, [view(row)]);
    else group.push(view(row));
  }
  return groups;
}
