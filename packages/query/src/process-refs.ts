// Who is meant by a number: the process as it is printed, with the name by which people know it.

import type { ProcessRef } from "@elixirscope/wire";
import { initialCallText, moduleText } from "./names.ts";
import { asNumber, asText, asTextOrNull, select, sql, type Source } from "./sql.ts";

export type { ProcessRef };

/** By index; one that the recording does not describe has its pid only. */
export async function processRefs(
  source: Source,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, ProcessRef>> {
  const rows = await select(
    source,
    sql`SELECT p.id, p.text, x.name, x.label, x.initial_call
      FROM (SELECT id, text FROM base.pids WHERE id IN ${[...new Set(indexes)]}) p
        LEFT JOIN base.processes x ON x.pid = p.id`,
  );
  return new Map(
    rows.map((row) => {
      const [name, label, call] = [row[2], row[3], row[4]].map(asTextOrNull);
      const known =
        name !== null && name !== undefined
          ? moduleText(name)
          : (label ?? (typeof call === "string" ? initialCallText(call) : null));
      return [asNumber(row[0]), { pid: asText(row[1]), name: known }];
    }),
  );
}
