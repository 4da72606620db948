// How much each process did, over the whole recording: counted once where a partition has a digest.

import { tableOf, unionOf, type Part } from "./digests.ts";
import { sql, type Sql } from "./sql.ts";

/** `pid`, `events`, a row for each process that has any. */
export function eventCounts(parts: readonly Part[]): Sql {
  if (parts.every(({ digest }) => digest === null)) return counted(sql`raw.events`);
  const pieces = parts.map((part) =>
    part.digest === null
      ? counted(tableOf(part, "events"))
      : sql`SELECT pid, events FROM ${tableOf(part, "activity")} WHERE events > 0`,
  );
  return sql`SELECT pid, sum(events)::BIGINT AS events FROM (${unionOf(pieces)}) GROUP BY pid`;
}

/** `pid`, `depth`, a row for each process that has calls: how many of them were ever inside each other. */
export function callDepths(parts: readonly Part[]): Sql {
  if (parts.every(({ digest }) => digest === null)) return deepest(sql`raw.calls`);
  const pieces = parts.flatMap((part) => [
    part.digest === null
      ? deepest(tableOf(part, "calls"))
      : sql`SELECT pid, depth FROM ${tableOf(part, "activity")} WHERE depth IS NOT NULL`,
    ...(part.isNewest ? [deepest(tableOf(part, "open_calls"))] : []),
  ]);
  return sql`SELECT pid, max(depth) AS depth FROM (${unionOf(pieces)}) GROUP BY pid`;
}

function counted(table: Sql): Sql {
  return sql`SELECT pid, count(*) AS events FROM ${table} GROUP BY pid`;
}

function deepest(table: Sql): Sql {
  return sql`SELECT pid, max(depth) + 1 AS depth FROM ${table} GROUP BY pid`;
}
