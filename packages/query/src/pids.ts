// Process identifiers: text on the outside (`<0.1.0>`), small numbers in the tables.

import { asNumber, select, sql, type Source } from "./sql.ts";

/** The number of a process in this recording; null for one that was never seen. */
export async function pidIndex(source: Source, pid: string): Promise<number | null> {
  const [row] = await select(source, sql`SELECT id FROM base.pids WHERE text = ${pid} LIMIT 1`);
  return row === undefined ? null : asNumber(row[0]);
}
