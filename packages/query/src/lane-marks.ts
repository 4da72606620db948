// The marks of lanes: instants of a kind, counted per bucket.

import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import type { MarkView } from "@elixirscope/wire";
import type { Buckets } from "./buckets.ts";
import { kindCode } from "./event-kinds.ts";
import { countUpToMax, grouped, type Detail } from "./lane-detail.ts";
import { shown } from "./lane-page.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "./sql.ts";

/** Kinds of marks that a busy process has many of: send, receive, state. */
export const USUAL_MARKS = 3;

const MARKS: Readonly<Partial<Record<EventKind, MarkView["kind"]>>> = {
  send: "send",
  receive: "receive",
  state: "state",
  exit: "exit",
  spawn: "spawn",
  exception: "exception",
  link: "link",
  unlink: "link",
  getting_linked: "link",
  getting_unlinked: "link",
};

const MARK_CODES = EVENT_KINDS.filter((kind) => MARKS[kind] !== undefined).map(kindCode);
const LINK_CODES = EVENT_KINDS.filter((kind) => MARKS[kind] === "link").map(kindCode);
/** DuckDB tests a range while it reads, a list of numbers only afterwards: the few kinds between are left out later. */
const MAY_BE_MARK = sql`kind BETWEEN ${Math.min(...MARK_CODES)} AND ${Math.max(...MARK_CODES)}`;

export async function marksOf(
  source: Source,
  indexes: readonly number[],
  { buckets, perLane }: Detail,
): Promise<Map<number, MarkView[]>> {
  const rows = await select(
    source,
    sql`WITH cells AS (
        SELECT ${buckets.sqlSlice(sql`t`)} AS slice, pid, kind, min(t) AS first, count(*) AS count, min(id) AS id
        FROM raw.events JOIN ${shown(indexes)} USING (pid)
        WHERE t BETWEEN ${buckets.t0} AND ${buckets.t1} AND ${MAY_BE_MARK}
        GROUP BY slice, pid, kind),
      marks AS (
        SELECT pid, CASE WHEN kind IN ${LINK_CODES} THEN ${kindCode("link")} ELSE kind END AS mark,
          min(first)::DOUBLE AS first, sum(count)::DOUBLE AS count, min(id)::DOUBLE AS id
        FROM cells WHERE kind IN ${MARK_CODES}
        GROUP BY pid, mark, least(slice, ${buckets.count - 1}))
      SELECT pid, first, mark, count, CASE WHEN count = 1 THEN id END
      FROM marks QUALIFY row_number() OVER (PARTITION BY pid ORDER BY first, mark) <= ${perLane + 1}
      ORDER BY pid, first, mark`,
  );
  return grouped(rows, (row) => ({
    t: asNumber(row[1]),
    kind: MARKS[EVENT_KINDS[asNumber(row[2])] ?? "none"] ?? "link",
    count: asNumber(row[3]),
    event: asNumberOrNull(row[4]),
  }));
}

/** As `countUpToMax` counts. */
export function markCount(
  source: Source,
  indexes: readonly number[],
  buckets: Buckets,
): Promise<number> {
  return countUpToMax(
    source,
    buckets,
    ({ t0, t1 }) => sql`SELECT 1 FROM raw.events JOIN ${shown(indexes)} USING (pid)
      WHERE t BETWEEN ${t0} AND ${t1} AND ${MAY_BE_MARK} AND kind IN ${MARK_CODES}`,
  );
}
