// What happened on lifelines besides messages: spawns, exits, exceptions, links, states; counted per bucket.

import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import type { SequenceMark, TimeRange } from "@elixirscope/wire";
import { Buckets } from "../buckets.ts";
import { kindCode } from "../event-kinds.ts";
import { pidTexts } from "../interned.ts";
import { asNumber, asNumberOrNull, select, sql, type Source } from "../sql.ts";

const KINDS: Readonly<Partial<Record<EventKind, SequenceMark["kind"]>>> = {
  spawn: "spawn",
  exit: "exit",
  exception: "exception",
  state: "state",
  link: "link",
  unlink: "link",
  getting_linked: "link",
  getting_unlinked: "link",
};
const CODES = EVENT_KINDS.filter((kind) => KINDS[kind] !== undefined).map(kindCode);
const LINKS = EVENT_KINDS.filter((kind) => KINDS[kind] === "link").map(kindCode);
const MOST = 8_000;

export async function sequenceMarks(
  source: Source,
  range: TimeRange,
  indexes: readonly number[],
  count: number,
): Promise<readonly SequenceMark[]> {
  const buckets = new Buckets(range, count);
  const rows = await select(
    source,
    sql`SELECT pid, CASE WHEN kind IN ${LINKS} THEN ${kindCode("link")} ELSE kind END AS mark,
        min(t), count(*), min(id), ${buckets.sqlOf(sql`t`)} AS bucket
      FROM raw.events WHERE t BETWEEN ${buckets.t0} AND ${buckets.t1} AND pid IN ${indexes} AND kind IN ${CODES}
      GROUP BY pid, mark, bucket ORDER BY min(t), pid, mark LIMIT ${MOST}`,
  );
  const names = await pidTexts(
    source,
    rows.map(([pid]) => asNumber(pid)),
  );
  return rows.map((row) => ({
    pid: names.get(asNumber(row[0])) ?? "",
    kind: KINDS[EVENT_KINDS[asNumber(row[1])] ?? "none"] ?? "link",
    t: asNumber(row[2]),
    count: asNumber(row[3]),
    event: asNumber(row[3]) === 1 ? asNumberOrNull(row[4]) : null,
  }));
}
