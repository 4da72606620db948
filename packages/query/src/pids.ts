// Process identifiers: text on the outside (`<0.1.0>`), small numbers in the tables.

import { asNumber, select, sql, type Source } from "./sql.ts";

/** A number once given stays; of one recording the last that were asked for are kept. */
const known = new WeakMap<object, Map<string, number>>();
const MOST_KNOWN = 4_096;

/** The number of a process in this recording; null for one that was never seen. */
export async function pidIndex(source: Source, pid: string): Promise<number | null> {
  const ofSource = known.get(source) ?? new Map<string, number>();
  known.set(source, ofSource);
  const found = ofSource.get(pid);
  if (found !== undefined) return found;
  const [row] = await select(source, sql`SELECT id FROM base.pids WHERE text = ${pid} LIMIT 1`);
  if (row === undefined) return null;
  if (ofSource.size >= MOST_KNOWN) ofSource.clear();
  const index = asNumber(row[0]);
  ofSource.set(pid, index);
  return index;
}
