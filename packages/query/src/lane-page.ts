// The processes that lanes are drawn of, and how deep their calls ever went: what does not depend on the range
// of time. It takes a look at the whole recording, so of one that is whole the last pages are kept.

import { callDepths } from "./activity.ts";
import type { Part } from "./digests.ts";
import { Kept } from "./kept.ts";
import { processPage, type ProcessRow, type ProcessSelection } from "./process-list.ts";
import { asNumber, numbers, select, sql, type Source, type Sql } from "./sql.ts";

export type LanePage = {
  readonly total: number;
  readonly rows: readonly ProcessRow[];
  /** per process, over the whole recording: a lane keeps its height while the page scrolls in time */
  readonly depths: ReadonlyMap<number, number>;
};

/** By what was selected. */
const pages = new Kept<string, LanePage>(16);

export async function lanePage(
  source: Source,
  parts: readonly Part[],
  selection: ProcessSelection,
): Promise<LanePage> {
  const { filter, named, pids, groups, offset, limit } = selection;
  const key = JSON.stringify([filter, named, pids, groups, offset, limit]);
  return await pages.of(source, key, async () => await readPage(source, parts, selection));
}

async function readPage(
  source: Source,
  parts: readonly Part[],
  selection: ProcessSelection,
): Promise<LanePage> {
  const { total, rows } = await processPage(source, parts, selection);
  const indexes = rows.map((row) => row.index);
  const depths =
    rows.length === 0
      ? []
      : await select(
          source,
          sql`SELECT pid, depth FROM (${callDepths(parts)}) JOIN ${shown(indexes)} USING (pid)`,
        );
  return {
    total,
    rows,
    depths: new Map(depths.map(([pid, depth]) => [asNumber(pid), asNumber(depth)])),
  };
}

/** A table of the processes, to join with: twice as fast as a list of that many numbers in a WHERE. */
export function shown(indexes: readonly number[]): Sql {
  return sql`(SELECT unnest(${numbers(indexes, "UINTEGER")}) AS pid)`;
}
