// The messages between two nodes of a constellation, both ways, in their order.

import { MESSAGE_KINDS } from "@elixirscope/trace";
import type { Params, Reply, SystemMessage, TimeRange } from "@elixirscope/wire";
import { pidIndex } from "../interned.ts";
import { begunSql } from "../messages-in-range.ts";
import { printTerm, styleOf } from "../print.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asTextOrNull,
  select,
  sql,
  type Source,
  type Sql,
} from "../sql.ts";
import { membersOfFamily } from "./families.ts";
import { UNKNOWN_HULL } from "./hulls.ts";
import { livesIn } from "./lives.ts";

export async function systemMessages(
  source: Source,
  { t0, t1, a, b, limit }: Params<"systemMessages">,
): Promise<Reply<"systemMessages">> {
  const range = { t0: Math.min(t0, t1), t1: Math.max(t0, t1) };
  const [one, other] = await Promise.all([pidsOf(source, range, a), pidsOf(source, range, b)]);
  const between = sql`((from_pid IN ${one} AND to_pid IN ${other}) OR (from_pid IN ${other} AND to_pid IN ${one}))`;
  const rows = await select(
    source,
    sql`SELECT f.text, o.text, m.began, m.event, m.kind, payload(m.body), m.total
      FROM (SELECT *, coalesce(send_event, receive_event) AS event, count(*) OVER () AS total
          FROM (${await begunSql(source, range, between)}) ORDER BY began, message LIMIT ${limit}) m
        LEFT JOIN base.pids f ON f.id = m.from_pid LEFT JOIN base.pids o ON o.id = m.to_pid
      ORDER BY m.began, m.message`,
  );
  const style = styleOf(source.manifest);
  const messages = rows.map((row): SystemMessage => {
    const body = asBytesOrNull(row[5]);
    return {
      from: asTextOrNull(row[0]),
      to: asTextOrNull(row[1]),
      t: asNumber(row[2]),
      event: asNumberOrNull(row[3]),
      kind: MESSAGE_KINDS[asNumber(row[4])] ?? "plain",
      body: body === null ? "" : printTerm(body, "line", style),
      bytes: body?.length ?? null,
    };
  });
  return { total: asNumberOrNull(rows[0]?.[6]) ?? 0, messages };
}

/** In brackets, as it stands behind IN. */
async function pidsOf(source: Source, range: TimeRange, node: string): Promise<Sql> {
  if (node === UNKNOWN_HULL.id)
    return sql`(SELECT id FROM base.pids ANTI JOIN base.processes ON pid = id)`;
  const pid = await pidIndex(source, node);
  if (pid !== null) return sql`(${pid})`;
  const lives = await livesIn(source, range);
  return sql`${membersOfFamily(lives, lives.within(range), node)}`;
}
