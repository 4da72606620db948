// A time range cut into equal buckets, one per pixel. The last bucket includes the end of the range,
// so that the last event of a recording is on screen.

import type { TimeRange } from "@elixirscope/wire";
import { sql, type Sql } from "./sql.ts";

/** Dividing by whole numbers is four times as fast, and wrong by less than this part of a bucket. */
const MAX_ROUNDING = 0.01;

export class Buckets {
  readonly t0: number;
  readonly t1: number;
  readonly count: number;
  /** ns; never 0 */
  readonly width: number;

  constructor(range: TimeRange, count: number) {
    this.t0 = Math.min(range.t0, range.t1);
    this.t1 = Math.max(range.t0, range.t1);
    this.count = count;
    const exact = Math.max(1, this.t1 - this.t0) / count;
    const whole = Math.ceil(exact);
    this.width = ((whole - exact) * count) / exact < MAX_ROUNDING ? whole : exact;
  }

  /** The same range in fewer buckets. */
  coarser(count: number): Buckets {
    return count >= this.count ? this : new Buckets(this, count);
  }

  of(t: number): number {
    return Math.min(this.count - 1, Math.max(0, Math.floor((t - this.t0) / this.width)));
  }

  /** The same as `of`, in SQL, for times of the range. */
  sqlOf(column: Sql): Sql {
    return sql`least(${this.count - 1}, ${this.sqlSlice(column)})::USMALLINT`;
  }

  /** Also for times outside of the range, which get numbers of their own. */
  sqlSlice(column: Sql): Sql {
    const since = sql`(${column} - ${this.t0})`;
    if (Number.isInteger(this.width)) return sql`${since} // ${this.width}`;
    return sql`floor(${since} / ${this.width})::BIGINT`;
  }
}

export function emptyCounts(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

/**
 * Spreads `amount` evenly over the time from `from` to `to`. What lies outside the range is left
 * out; an instant goes to its bucket whole.
 */
export function spread(
  counts: number[],
  buckets: Buckets,
  from: number,
  to: number,
  amount: number,
): void {
  if (to < buckets.t0 || from > buckets.t1) return;
  const first = buckets.of(from);
  const last = buckets.of(to);
  const total = to - from;
  if (first === last || total <= 0) {
    counts[first] =
      (counts[first] ?? 0) + amount * (total <= 0 ? 1 : inside(buckets, from, to) / total);
    return;
  }
  for (let i = first; i <= last; i++) {
    const start = Math.max(from, buckets.t0 + i * buckets.width);
    const end = Math.min(to, buckets.t0 + (i + 1) * buckets.width);
    if (end > start) counts[i] = (counts[i] ?? 0) + (amount * (end - start)) / total;
  }
}

function inside(buckets: Buckets, from: number, to: number): number {
  return Math.min(to, buckets.t1) - Math.max(from, buckets.t0);
}
