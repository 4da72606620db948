// The strip of the whole recording: how many events, errors and missing events per bucket.

import type { GapView, Overview, TimeRange } from "@elixirscope/wire";
import { Buckets, emptyCounts, spread } from "./buckets.ts";
import { kindCode } from "./event-kinds.ts";
import { cover, overlap, partsOf, tableOf, unionOf, type Part } from "./digests.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
  type Sql,
} from "./sql.ts";

/** A bucket takes at least so many beats of a digest, so that where it ends is wrong by less than a pixel's hundredth. */
const BEATS_PER_BUCKET = 64;

/** More gaps than this in one answer are merged per pixel-like slice. */
const MAX_GAPS = 2_000;
const GAP_SLICES = 500;

/** Reasons that do not mean missing events: the event is there, or was left out on purpose. */
const NOT_LOSS: readonly string[] = ["truncated", "sampled"];

export function isLoss(reason: string): boolean {
  return !NOT_LOSS.includes(reason);
}

export async function overview(source: Source, range: TimeRange, count: number): Promise<Overview> {
  const buckets = new Buckets(range, count);
  const [rows, gaps] = await Promise.all([
    select(
      source,
      sql`SELECT bucket, sum(events)::DOUBLE, sum(errors)::DOUBLE FROM (${beats(await partsOf(source), buckets)}) GROUP BY bucket`,
    ),
    gapsIn(source, range),
  ]);
  const events = emptyCounts(count);
  const errors = emptyCounts(count);
  for (const row of rows) {
    const bucket = asNumber(row[0]);
    events[bucket] = asNumber(row[1]);
    errors[bucket] = asNumber(row[2]);
  }
  const loss = emptyCounts(count);
  for (const gap of gaps) {
    if (isLoss(gap.reason)) spread(loss, buckets, gap.t0, gap.t1, gap.count ?? 1);
  }
  return { t0: buckets.t0, t1: buckets.t1, events, errors, loss };
}

/** Events and errors by bucket, in pieces still to be added up. A beat of a digest goes whole to where it begins. */
function beats(parts: readonly Part[], buckets: Buckets): Sql {
  const range = { t0: buckets.t0, t1: buckets.t1 };
  const counted = (table: Sql, { t0, t1 }: TimeRange): Sql =>
    sql`SELECT ${buckets.sqlOf(sql`t`)} AS bucket, count(*) AS events, count(*) FILTER (kind = ${kindCode("exception")}) AS errors
      FROM ${table} WHERE t BETWEEN ${t0} AND ${t1} GROUP BY bucket`;
  const within = parts.filter((part) => overlap(part.range, range));
  if (within.length === 0) {
    return counted(
      parts.length === 0 ? sql`raw.events` : sql`(FROM raw.events WHERE false)`,
      range,
    );
  }
  const pieces = within.flatMap((part) => {
    const events = tableOf(part, "events");
    const level = part.digest?.pulse ?? null;
    if (level === null || 2 ** level * BEATS_PER_BUCKET > buckets.width) {
      return [counted(events, range)];
    }
    const { slices, before, behind } = cover(range, level, level);
    return [
      ...slices.map(
        ({
          from,
          to,
        }) => sql`SELECT ${buckets.sqlOf(sql`(slice << ${level})::BIGINT`)} AS bucket, events, errors
          FROM ${tableOf(part, "pulse")} WHERE slice >= ${from} AND slice < ${to}`,
      ),
      ...[before, behind]
        .filter((end) => overlap(end, part.range))
        .map((end) => counted(events, end)),
    ];
  });
  return pieces.length === 0 ? counted(sql`(FROM raw.events WHERE false)`, range) : unionOf(pieces);
}

/** Every stretch of the range in which something is missing, and why; many small ones come merged. */
export async function gapsIn(source: Source, range: TimeRange): Promise<readonly GapView[]> {
  const { t0, t1, width } = new Buckets(range, GAP_SLICES);
  const rows = await select(
    source,
    sql`SELECT t_from, t_to, pid, reason, count, detail FROM ${gapRows(inRange(t0, t1))}
      ORDER BY t_from LIMIT ${MAX_GAPS + 1}`,
  );
  const found = rows.length <= MAX_GAPS ? rows : await mergedGaps(source, t0, t1, width);
  return found.map((row) => ({
    t0: asNumber(row[0]),
    t1: asNumber(row[1]),
    pid: asTextOrNull(row[2]),
    reason: asText(row[3]),
    count: asNumberOrNull(row[4]),
    detail: asTextOrNull(row[5]),
  }));
}

/** Rows of `refs.gaps`, but a pause, which is told bit by bit while it lasts, is one. */
export function gapRows(which: Sql): Sql {
  return sql`(SELECT t_from, t_to, pid, reason, count, detail FROM refs.gaps WHERE reason <> 'paused' AND ${which}
    UNION ALL SELECT min(t_from), max(t_to), NULL, 'paused', NULL, NULL FROM (
      SELECT t_from, t_to, sum(begins) OVER (ORDER BY t_from) AS pause FROM (
        SELECT t_from, t_to, CASE WHEN t_from <= lag(t_to) OVER (ORDER BY t_from) THEN 0 ELSE 1 END AS begins
        FROM refs.gaps WHERE reason = 'paused' AND ${which})) GROUP BY pause)`;
}

function inRange(t0: number, t1: number): Sql {
  return sql`t_from <= ${t1} AND t_to >= ${t0}`;
}

/** A gap of one process stays apart from those of the whole session; its pid gives way to a number of processes. */
function mergedGaps(
  source: Source,
  t0: number,
  t1: number,
  width: number,
): ReturnType<typeof select> {
  return select(
    source,
    sql`SELECT min(t_from) AS first, max(t_to), CASE WHEN count(DISTINCT pid) = 1 THEN any_value(pid) END, reason,
        sum(count)::BIGINT, CASE WHEN count(*) = 1 THEN any_value(detail)
          ELSE count(*) || ' gaps' || CASE WHEN count(pid) = 0 THEN '' ELSE ' in ' || count(DISTINCT pid) || ' processes' END END
      FROM ${gapRows(inRange(t0, t1))}
      GROUP BY reason, pid IS NULL, floor((t_from - ${t0}) / ${width}), floor((t_to - t_from) / ${width}) ORDER BY first`,
  );
}
