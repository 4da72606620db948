// The boxes of lanes: long calls alone, short ones together with those beside them.

import { CALL_OUTCOMES, type CallOutcome } from "@elixirscope/trace";
import type { SpanView } from "@elixirscope/wire";
import type { Part } from "./digests.ts";
import { functionTexts } from "./interned.ts";
import { callCells } from "./lane-calls.ts";
import { shown } from "./lane-page.ts";
import { firstOfLane, grouped, type Detail } from "./lane-detail.ts";
import { selectVectors, sql, valueAt, type Source } from "./sql.ts";

/** No outcome has that code. */
const MIXED = 255;

export async function spansOf(
  source: Source,
  parts: readonly Part[],
  indexes: readonly number[],
  { buckets, perLane }: Detail,
  end: number,
): Promise<Map<number, SpanView[]>> {
  const [pids, depths, firsts, lasts, counts, calls, functions, outcomes] = await selectVectors(
    source,
    sql`WITH boxes AS (
        SELECT pid, depth, min(first) AS first, max(last) AS last, sum(count) AS count, min(call) AS call,
          min(fun) AS fun, max(last_fun) AS last_fun, min(outcome) AS outcome, max(last_outcome) AS last_outcome
        FROM (${callCells(parts, buckets, end)}) JOIN ${shown(indexes)} USING (pid) GROUP BY box, pid, depth)
      SELECT pid, depth, first::DOUBLE, last::DOUBLE, count::DOUBLE, CASE WHEN count = 1 THEN call ELSE 0 END::DOUBLE,
        CASE WHEN fun IS NULL THEN 0 WHEN fun = last_fun THEN fun::DOUBLE ELSE -fun::DOUBLE END,
        CASE WHEN outcome = last_outcome THEN outcome ELSE ${MIXED} END::DOUBLE
      FROM boxes ${firstOfLane(perLane, sql`depth, first`)}
      ORDER BY pid, depth, first`,
  );
  const names = await functionTexts(source, [...new Set(functions)].map(Math.abs));
  return grouped(pids, (row) => {
    const fun = valueAt(functions, row);
    const mfa = names.get(Math.abs(fun)) ?? "an unknown function";
    const outcome = valueAt(outcomes, row);
    const call = valueAt(calls, row);
    return {
      t0: valueAt(firsts, row),
      t1: valueAt(lasts, row),
      depth: valueAt(depths, row),
      label: fun < 0 ? `${mfa}, …` : mfa,
      count: valueAt(counts, row),
      call: call === 0 ? null : call,
      outcome: outcome === MIXED ? "mixed" : outcomeOf(outcome),
    };
  });
}

function outcomeOf(code: number): CallOutcome {
  return CALL_OUTCOMES[code] ?? "lost";
}
