// The slow calls of a function, and what sets them apart from its other calls.

import type { OrMissing, SlowCalls, TimeRange } from "@elixirscope/wire";
import { subjectOf } from "../find/subject.ts";
import { whereText, type Where } from "../find/where.ts";
import { limitsOf } from "../limits.ts";
import { asNumber, asNumberOrNull, select, sql, type Source, type Sql } from "../sql.ts";
import type { NamedFunctions } from "./named-functions.ts";
import { MOST_SAMPLED, sampledCalls, type SampledCall } from "./call-dimensions.ts";
import { explain } from "./explain.ts";

export type SlowAnswer = OrMissing<SlowCalls>;

const SLOW_SHARE = 0.9;
const MOST_SLOWEST = 5;

/** `thresholdNs` null: the slowest tenth. */
export async function slowCalls(
  source: Source,
  range: TimeRange,
  where: Where,
  thresholdNs: number | null,
): Promise<SlowAnswer> {
  const found = await subjectOf(source, where);
  if (!found.ok) return found;
  const functions = { name: whereText(where), ids: [...found.subject.functions.keys()] };
  return { ok: true, result: await slowCallsOf(source, range, functions, thresholdNs) };
}

export async function slowCallsOf(
  source: Source,
  range: TimeRange,
  { name, ids }: NamedFunctions,
  thresholdNs: number | null,
): Promise<SlowCalls> {
  const own = callsOf(ids, range);
  const duration = sql`(t_exit - t_enter)`;
  const [row] = await select(
    source,
    sql`SELECT count(*)::DOUBLE, quantile_disc(${duration}, [${SLOW_SHARE}])[1]::DOUBLE FROM raw.calls WHERE ${own}`,
  );
  const calls = asNumber(row?.[0]);
  const threshold = thresholdNs ?? asNumberOrNull(row?.[1]) ?? 0;
  const [slow, rest, top, limits] = await Promise.all([
    sampledCalls(source, sql`${own} AND ${duration} >= ${threshold}`),
    sampledCalls(source, sql`${own} AND ${duration} < ${threshold}`),
    select(
      source,
      sql`SELECT call::DOUBLE, ${duration}::DOUBLE, count(*) OVER ()::DOUBLE FROM raw.calls
        WHERE ${own} AND ${duration} >= ${threshold} ORDER BY ${duration} DESC LIMIT ${MOST_SLOWEST}`,
    ),
    limitsOf(source, { pids: null, from: range.t0, to: range.t1 }, ["calls", "values"]),
  ]);
  return {
    function: name,
    range,
    thresholdNs: threshold,
    calls,
    slow: asNumberOrNull(top[0]?.[2]) ?? 0,
    explanations: explain([...observed(slow, true), ...observed(rest, false)]),
    isSampled: slow.length === MOST_SAMPLED || rest.length === MOST_SAMPLED,
    slowest: top.map(([call, ns]) => ({ call: asNumber(call), ns: asNumber(ns) })),
    limits,
  };
}

/** Calls that began in the range, and of which it is known when they ended. */
export function callsOf(functions: readonly number[], { t0, t1 }: TimeRange): Sql {
  return sql`"function" IN ${functions} AND t_enter BETWEEN ${t0} AND ${t1} AND t_exit IS NOT NULL`;
}

export function observed(
  calls: readonly SampledCall[],
  isSlow: boolean,
): readonly {
  readonly isSlow: boolean;
  readonly ns: number;
  readonly dimensions: SampledCall["dimensions"];
}[] {
  return calls.map(({ ns, dimensions }) => ({ isSlow, ns, dimensions }));
}
