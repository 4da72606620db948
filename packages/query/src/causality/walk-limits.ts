// What a walk needs to know of the recording as a whole: is the event in it, and what is missing on the way.

import { limitsOf } from "../limits.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import { extentOf, rowsOf } from "../part-rows.ts";

export async function eventExists(source: Source, event: number): Promise<boolean> {
  const events = await rowsOf(source, "events", { id: [event, event] });
  const rows = await select(source, sql`SELECT 1 FROM ${events} WHERE id = ${event} LIMIT 1`);
  return rows.length > 0;
}

export async function walkLimits(
  source: Source,
  events: ReadonlySet<number>,
): Promise<readonly string[]> {
  const [first, last] = extentOf([...events]);
  const [ofFirst, ofLast] = await Promise.all([
    rowsOf(source, "events", { id: [first, first] }),
    rowsOf(source, "events", { id: [last, last] }),
  ]);
  const [row] = await select(
    source,
    sql`SELECT min(t), max(t) FROM (SELECT t FROM ${ofFirst} WHERE id = ${first} UNION ALL SELECT t FROM ${ofLast} WHERE id = ${last})`,
  );
  const extent = { pids: null, from: asNumber(row?.[0] ?? 0), to: asNumber(row?.[1] ?? 0) };
  return await limitsOf(source, extent, ["messages", "states", "lifecycle"]);
}
