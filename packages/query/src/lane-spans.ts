// The boxes of lanes: long calls alone, short ones together with those beside them.

import { CALL_OUTCOMES, type CallOutcome } from "@elixirscope/trace";
import type { SpanView } from "@elixirscope/wire";
import type { Buckets } from "./buckets.ts";
import { functionTexts } from "./interned.ts";
import { countUpToMax, grouped, type Detail } from "./lane-detail.ts";
import { shown } from "./lane-page.ts";
import { asNumber, asNumberOrNull, select, sql, type Row, type Source, type Sql } from "./sql.ts";

/** Deeper boxes are not drawn. */
export const MAX_DEPTH = 64;

/** Added to the id of a long call, to group it by itself: no slice has such a number. */
const ALONE = 2 ** 60;

/** Numbers come as DOUBLE (they are below 2^53): the driver makes a bigint of each other one. */
export async function spansOf(
  source: Source,
  indexes: readonly number[],
  { buckets, perLane }: Detail,
  end: number,
): Promise<Map<number, SpanView[]>> {
  const { t0, t1, width } = buckets;
  const rows = await select(
    source,
    sql`WITH seen AS (
        SELECT pid, depth, "function" AS fun, call, outcome, t_enter, ${endOfCall(end)} AS t_end
        FROM raw.calls JOIN ${shown(indexes)} USING (pid)
        WHERE depth < ${MAX_DEPTH} AND t_enter <= ${t1} AND (t_exit >= ${t0} OR t_exit IS NULL)),
      boxes AS (
        SELECT pid, depth, min(t_enter) AS first, max(t_end) AS last, count(*) AS count, CASE WHEN count(*) = 1 THEN min(call) END AS call,
          min(fun) AS fun, CASE WHEN min(fun) IS NOT DISTINCT FROM max(fun) THEN 1 ELSE 2 END AS functions,
          min(outcome) AS outcome, CASE WHEN min(outcome) = max(outcome) THEN 1 ELSE 2 END AS outcomes
        FROM seen WHERE t_end >= ${t0}
        GROUP BY CASE WHEN t_end - t_enter >= ${width} THEN call::BIGINT + ${ALONE} ELSE ${buckets.sqlSlice(sql`t_enter`)} END, pid, depth)
      SELECT pid, depth, first::DOUBLE, last::DOUBLE, count::DOUBLE, call::DOUBLE, fun, functions, outcome, outcomes
      FROM boxes QUALIFY row_number() OVER (PARTITION BY pid ORDER BY depth, first) <= ${perLane + 1}
      ORDER BY pid, depth, first`,
  );
  const names = await functionTexts(
    source,
    rows.map((row) => asNumberOrNull(row[6]) ?? 0),
  );
  return grouped(rows, (row) => spanView(row, names));
}

function spanView(row: Row, names: ReadonlyMap<number, string>): SpanView {
  const [, depth, t0, t1, count, call, fun, functions, outcome, outcomes] = row;
  const mfa = names.get(asNumberOrNull(fun) ?? 0) ?? "an unknown function";
  return {
    t0: asNumber(t0),
    t1: asNumber(t1),
    depth: asNumber(depth),
    label: asNumber(functions) === 1 ? mfa : `${mfa}, …`,
    count: asNumber(count),
    call: asNumberOrNull(call),
    outcome: asNumber(outcomes) === 1 ? outcomeOf(asNumber(outcome)) : "mixed",
  };
}

/** `lost` and `tail` calls without an end are drawn as an instant: how long they took is not known. */
function endOfCall(end: number): Sql {
  return sql`CASE WHEN t_exit IS NOT NULL THEN t_exit
    WHEN outcome = ${outcomeCode("open")} THEN greatest(t_enter, ${end}) ELSE t_enter END`;
}

/** Of calls that began in the range, as `countUpToMax` counts. */
export function callCount(
  source: Source,
  indexes: readonly number[],
  buckets: Buckets,
): Promise<number> {
  return countUpToMax(
    source,
    buckets,
    ({ t0, t1 }) => sql`SELECT 1 FROM raw.calls JOIN ${shown(indexes)} USING (pid)
      WHERE t_enter BETWEEN ${t0} AND ${t1}`,
  );
}

function outcomeCode(outcome: CallOutcome): number {
  return CALL_OUTCOMES.indexOf(outcome);
}

function outcomeOf(code: number): CallOutcome {
  return CALL_OUTCOMES[code] ?? "lost";
}
