// Names of many functions by their index, asked for once each.

import { mfaText } from "./names.ts";
import { asNumber, asText, select, sql, type Source } from "./sql.ts";

export async function functionNames(
  source: Source,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await select(
    source,
    sql`SELECT id, module, "function", arity FROM base.functions WHERE id IN ${[...new Set(ids)]}`,
  );
  return new Map(
    rows.map((row) => [
      asNumber(row[0]),
      mfaText(asText(row[1]), asText(row[2]), asNumber(row[3])),
    ]),
  );
}
