// How long the calls of a function took, over time: percentiles per bucket of when they began. Exact from
// the durations themselves while they are few, else from a histogram of eight bins per doubling.

import type { Latency, OrMissing, Percentiles, TimeRange } from "@elixirscope/wire";
import { Buckets } from "../buckets.ts";
import { subjectOf } from "../find/subject.ts";
import { whereText, type Where } from "../find/where.ts";
import { limitsOf } from "../limits.ts";
import { asNumber, select, sql, type Source, type Sql } from "../sql.ts";
import { BIN, DURATION, MOST_EXACT } from "./duration-histogram.ts";
import { Durations } from "./durations.ts";
import type { NamedFunctions } from "./named-functions.ts";
import { callsOf } from "./slow-calls.ts";

export type LatencyAnswer = OrMissing<Latency>;

export async function latency(
  source: Source,
  range: TimeRange,
  where: Where,
  count: number,
  mostExact: number = MOST_EXACT,
): Promise<LatencyAnswer> {
  const found = await subjectOf(source, where);
  if (!found.ok) return found;
  const functions = { name: whereText(where), ids: [...found.subject.functions.keys()] };
  return { ok: true, result: await latencyOf(source, range, functions, count, mostExact) };
}

export async function latencyOf(
  source: Source,
  range: TimeRange,
  { name, ids }: NamedFunctions,
  count: number,
  mostExact: number = MOST_EXACT,
): Promise<Latency> {
  const own = callsOf(ids, range);
  const buckets = new Buckets(range, count);
  const [row] = await select(source, sql`SELECT count(*)::DOUBLE FROM raw.calls WHERE ${own}`);
  const isFew = asNumber(row?.[0]) <= mostExact;
  const bucket = buckets.sqlOf(sql`t_enter`);
  const [percentiles, limits] = await Promise.all([
    isFew ? exactly(source, own, bucket) : roughly(source, own, bucket),
    limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, ["calls"]),
  ]);
  return {
    function: name,
    range,
    buckets: Array.from({ length: count }, (_, i) => ({
      t: buckets.t0 + i * buckets.width,
      ...(percentiles.get(i) ?? new Durations().percentiles),
    })),
    limits,
  };
}

async function exactly(
  source: Source,
  own: Sql,
  bucket: Sql,
): Promise<ReadonlyMap<number, Percentiles>> {
  const rows = await select(
    source,
    sql`SELECT bucket, n, q[1]::DOUBLE, q[2]::DOUBLE, q[3]::DOUBLE, most FROM (
        SELECT ${bucket} AS bucket, count(*)::DOUBLE AS n, quantile_disc(${DURATION}, [0.5, 0.95, 0.99]) AS q,
          max(${DURATION})::DOUBLE AS most FROM raw.calls WHERE ${own} GROUP BY bucket)`,
  );
  return new Map(
    rows.map((row) => [
      asNumber(row[0]),
      {
        count: asNumber(row[1]),
        p50: asNumber(row[2]),
        p95: asNumber(row[3]),
        p99: asNumber(row[4]),
        max: asNumber(row[5]),
        precision: "exact",
      },
    ]),
  );
}

async function roughly(
  source: Source,
  own: Sql,
  bucket: Sql,
): Promise<ReadonlyMap<number, Percentiles>> {
  const rows = await select(
    source,
    sql`SELECT ${bucket} AS bucket, ${BIN} AS bin, count(*)::DOUBLE, max(${DURATION})::DOUBLE
      FROM raw.calls WHERE ${own} GROUP BY bucket, bin`,
  );
  const bins = new Map<number, { bins: (readonly [number, number])[]; max: number }>();
  for (const row of rows) {
    const at = bins.get(asNumber(row[0])) ?? { bins: [], max: 0 };
    bins.set(asNumber(row[0]), at);
    at.bins.push([asNumber(row[1]), asNumber(row[2])]);
    at.max = Math.max(at.max, asNumber(row[3]));
  }
  return new Map(
    [...bins].map(([at, found]) => [at, Durations.fromBins(found.bins, found.max).percentiles]),
  );
}
