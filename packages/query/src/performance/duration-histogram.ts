// How many calls of a function took how long, and which ones: eight bins per doubling, as percentiles have them.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import type { CallsByDuration, DurationHistogram, TimeRange } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import { payloadsOf } from "../payloads.ts";
import { printArguments, styleOf } from "../print.ts";
import { processRefs } from "../process-refs.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "../sql.ts";
import { Durations } from "./durations.ts";
import type { NamedFunctions } from "./named-functions.ts";
import { callsOf } from "./slow-calls.ts";

const RAISED = CALL_OUTCOMES.indexOf("raised");
/** Of a call that is known to have ended. */
export const DURATION: Sql = sql`(t_exit - t_enter)`;
/** The bins of `Durations`. */
export const BIN: Sql = sql`CASE WHEN ${DURATION} < 1 THEN 0 ELSE floor(log2(${DURATION}) * 8) + 1 END`;
/** Sorting so many durations is a matter of a tenth of a second. */
export const MOST_EXACT = 500_000;

export async function durationHistogram(
  source: Source,
  range: TimeRange,
  functions: NamedFunctions,
): Promise<DurationHistogram> {
  const own = callsOf(functions.ids, range);
  const [bins, [sums], limits] = await Promise.all([
    durationBins(source, own),
    select(
      source,
      sql`SELECT count(*) FILTER (t_exit IS NULL)::DOUBLE, max(${DURATION})::DOUBLE
        FROM raw.calls WHERE "function" IN ${functions.ids} AND t_enter BETWEEN ${range.t0} AND ${range.t1}`,
    ),
    limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, ["calls"]),
  ]);
  const calls = bins.reduce((sum, bin) => sum + bin.calls, 0);
  const rough = Durations.fromBins(
    bins.map((bin) => [bin.bin, bin.calls]),
    asNumberOrNull(sums?.[1]) ?? 0,
  ).percentiles;
  return {
    function: functions.name,
    range,
    calls,
    unknown: asNumberOrNull(sums?.[0]) ?? 0,
    percentiles: calls > MOST_EXACT ? rough : await exactly(source, own, rough),
    bins: bins.map(({ bin, calls: count, errors }) => ({
      ...boundsOf(bin),
      calls: count,
      errors,
    })),
    limits,
  };
}

export type DurationBin = { readonly bin: number; readonly calls: number; readonly errors: number };

/** Of the calls that `own` is true of; in the order of duration, without those that are empty. */
export async function durationBins(source: Source, own: Sql): Promise<readonly DurationBin[]> {
  const rows = await select(
    source,
    sql`SELECT ${BIN} AS bin, count(*)::DOUBLE, count(*) FILTER (outcome = ${RAISED})::DOUBLE
      FROM raw.calls WHERE ${own} GROUP BY bin ORDER BY bin`,
  );
  return rows.map(([bin, calls, errors]) => ({
    bin: asNumber(bin),
    calls: asNumber(calls),
    errors: asNumber(errors),
  }));
}

/** Whole nanoseconds, so that what lies in a bin is what lies between its bounds. */
export function boundsOf(bin: number): { readonly fromNs: number; readonly toNs: number } {
  return {
    fromNs: bin === 0 ? 0 : Math.ceil(2 ** ((bin - 1) / 8)),
    toNs: Math.ceil(2 ** (bin / 8)),
  };
}

async function exactly(
  source: Source,
  own: Sql,
  rough: DurationHistogram["percentiles"],
): Promise<DurationHistogram["percentiles"]> {
  if (rough.count === 0) return rough;
  const [row] = await select(
    source,
    sql`SELECT q[1]::DOUBLE, q[2]::DOUBLE, q[3]::DOUBLE
      FROM (SELECT quantile_disc(${DURATION}, [0.5, 0.95, 0.99]) AS q FROM raw.calls WHERE ${own})`,
  );
  const [p50, p95, p99] = [0, 1, 2].map((i) => asNumberOrNull(row?.[i]));
  return { ...rough, p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null, precision: "exact" };
}

/** Calls that took from `fromNs` to below `toNs`. */
export async function callsByDuration(
  source: Source,
  range: TimeRange,
  functions: NamedFunctions,
  {
    fromNs,
    toNs,
    limit,
  }: { readonly fromNs: number; readonly toNs: number; readonly limit: number },
): Promise<CallsByDuration> {
  const rows = await select(
    source,
    sql`SELECT call::DOUBLE, pid, t_enter::DOUBLE, ${DURATION}::DOUBLE, outcome, args, count(*) OVER ()::DOUBLE
      FROM raw.calls
      WHERE ${callsOf(functions.ids, range)} AND ${DURATION} >= ${fromNs} AND ${DURATION} < ${toNs}
      ORDER BY ${DURATION} DESC, call LIMIT ${limit}`,
  );
  const style = styleOf(source.manifest);
  const [refs, terms] = await Promise.all([
    processRefs(
      source,
      rows.map((row) => asNumberOrNull(row[1]) ?? 0),
    ),
    payloadsOf(
      source,
      rows.map((row) => asNumberOrNull(row[5])).filter((ref) => ref !== null),
    ),
  ]);
  return {
    total: asNumberOrNull(rows[0]?.[6]) ?? 0,
    calls: rows.map((row) => {
      const args = terms.get(asNumberOrNull(row[5]) ?? 0);
      return {
        call: asNumber(row[0]),
        ...(refs.get(asNumberOrNull(row[1]) ?? 0) ?? { pid: "?", name: null }),
        t: asNumber(row[2]),
        ns: asNumber(row[3]),
        outcome: CALL_OUTCOMES[asNumber(row[4])] ?? "lost",
        args: args === undefined ? null : printArguments(args, "line", style),
      };
    }),
  };
}
