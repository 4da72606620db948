// Who spoke with whom most in a range: what a sequence diagram begins with.

import { MESSAGE_KINDS } from "@elixirscope/trace";
import type { Params, Partner, Reply } from "@elixirscope/wire";
import { pidIndex } from "../interned.ts";
import { begunSql } from "../messages-in-range.ts";
import { processRefs } from "../process-refs.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";

const REPLY = MESSAGE_KINDS.indexOf("reply");

export async function partners(
  source: Source,
  { t0, t1, pid, limit }: Params<"partners">,
): Promise<Reply<"partners">> {
  const range = { t0: Math.min(t0, t1), t1: Math.max(t0, t1) };
  const own = pid === undefined ? null : await pidIndex(source, pid);
  if (pid !== undefined && own === null) return { partners: [] };
  const condition = own === null ? sql`true` : sql`(from_pid = ${own} OR to_pid = ${own})`;
  const isPartner = own === null ? sql`pid IS NOT NULL` : sql`pid <> ${own}`;
  const rows = await select(
    source,
    sql`WITH mail AS (SELECT from_pid, to_pid, kind FROM (${await begunSql(source, range, condition)}))
      SELECT pid, count(*), sum(began) FROM (
        SELECT from_pid AS pid, CASE WHEN kind = ${REPLY} THEN 0 ELSE 1 END AS began FROM mail WHERE from_pid IS DISTINCT FROM to_pid
        UNION ALL SELECT to_pid, CASE WHEN kind = ${REPLY} THEN 0 ELSE -1 END FROM mail)
      WHERE ${isPartner} GROUP BY pid ORDER BY count(*) DESC, pid LIMIT ${limit}`,
  );
  const found = rows.map((row) => ({
    index: asNumber(row[0]),
    messages: asNumber(row[1]),
    asks: asNumber(row[2]) > 0,
  }));
  const all =
    own === null
      ? found
      : [
          { index: own, messages: found.reduce((sum, one) => sum + one.messages, 0), asks: false },
          ...found.slice(0, limit - 1),
        ];
  const names = await processRefs(
    source,
    all.map(({ index }) => index),
  );
  return {
    partners: all.flatMap(({ index, messages, asks }): Partner[] => {
      const ref = names.get(index);
      return ref === undefined ? [] : [{ ...ref, messages, asks }];
    }),
  };
}
