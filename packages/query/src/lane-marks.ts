// The marks of lanes: instants of a kind, counted per bucket.

import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import type { MarkView } from "@elixirscope/wire";
import type { Buckets } from "./buckets.ts";
import { kindCode } from "./event-kinds.ts";
import { grouped, MAX_ITEMS, type Detail } from "./lane-detail.ts";
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

export async function marksOf(
  source: Source,
  indexes: readonly number[],
  { buckets, perLane }: Detail,
): Promise<Map<number, MarkView[]>> {
  const rows = await select(
    source,
    sql`SELECT pid, min(t)::DOUBLE AS first, mark, count(*)::DOUBLE, CASE WHEN count(*) = 1 THEN min(id)::DOUBLE END
      FROM (SELECT pid, t, id, CASE WHEN kind IN ${LINK_CODES} THEN ${kindCode("link")} ELSE kind END AS mark,
          ${buckets.sqlOf(sql`t`)} AS bucket
        FROM raw.events
        WHERE pid IN ${indexes} AND t BETWEEN ${buckets.t0} AND ${buckets.t1} AND kind IN ${MARK_CODES})
      GROUP BY pid, mark, bucket
      QUALIFY row_number() OVER (PARTITION BY pid ORDER BY first, mark) <= ${perLane + 1}
      ORDER BY pid, first, mark`,
  );
  return grouped(rows, (row) => ({
    t: asNumber(row[1]),
    kind: MARKS[EVENT_KINDS[asNumber(row[2])] ?? "none"] ?? "link",
    count: asNumber(row[3]),
    event: asNumberOrNull(row[4]),
  }));
}

/** At most one more than `MAX_ITEMS`: counting ends there. */
export async function markCount(
  source: Source,
  indexes: readonly number[],
  { t0, t1 }: Buckets,
): Promise<number> {
  const [row] = await select(
    source,
    sql`SELECT count(*) FROM (SELECT 1 FROM raw.events
      WHERE pid IN ${indexes} AND t BETWEEN ${t0} AND ${t1} AND kind IN ${MARK_CODES} LIMIT ${MAX_ITEMS + 1})`,
  );
  return asNumber(row?.[0]);
}
