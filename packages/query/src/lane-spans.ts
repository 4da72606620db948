// The boxes of lanes: long calls alone, short ones together with those beside them.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { OUTCOMES, type SpanColumns } from "@elixirscope/wire";
import type { Part } from "./digests.ts";
import { functionTexts } from "./interned.ts";
import { callCells } from "./lane-calls.ts";
import { shown } from "./lane-page.ts";
import { firstOfLane, RowsByPid, type Detail } from "./lane-detail.ts";
import { NO_ROWS, selectVectors, sql, type Source } from "./sql.ts";

const MIXED = OUTCOMES.indexOf("mixed");
const LOST = CALL_OUTCOMES.indexOf("lost");

/** Of all the processes; `perLane` of them are shown, one more is there where there are more. */
export type LaneSpans = {
  readonly labels: readonly string[];
  readonly columns: SpanColumns;
  readonly rows: RowsByPid;
};

export async function spansOf(
  source: Source,
  parts: readonly Part[],
  indexes: readonly number[],
  { buckets, perLane }: Detail,
  end: number,
): Promise<LaneSpans> {
  const [
    pids = NO_ROWS,
    depths = NO_ROWS,
    t0 = NO_ROWS,
    t1 = NO_ROWS,
    count = NO_ROWS,
    call = NO_ROWS,
    functions = NO_ROWS,
    outcomes = NO_ROWS,
  ] = await selectVectors(
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
  const { labels, places } = await labelsOf(source, functions);
  return {
    labels,
    columns: {
      t0,
      t1,
      count,
      call,
      label: Uint32Array.from(functions, (fun) => places.get(fun) ?? 0),
      depth: Uint16Array.from(depths),
      outcome: Uint8Array.from(outcomes, (code) => (code < OUTCOMES.length ? code : LOST)),
    },
    rows: new RowsByPid(pids),
  };
}

/** Each label once, and its place for each function; below 0: others are there, too. */
async function labelsOf(
  source: Source,
  functions: Float64Array,
): Promise<{ readonly labels: readonly string[]; readonly places: ReadonlyMap<number, number> }> {
  const different = [...new Set(functions)];
  const names = await functionTexts(source, different.map(Math.abs));
  return {
    labels: different.map((fun) => {
      const mfa = names.get(Math.abs(fun)) ?? "an unknown function";
      return fun < 0 ? `${mfa}, …` : mfa;
    }),
    places: new Map(different.map((fun, place) => [fun, place])),
  };
}
