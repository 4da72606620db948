// The calls of a process that were running at an instant.
//
// Calls are stored when they end, so the closed ones around an instant lie close together and row groups are skipped
// by both times; the open ones are few. That is why the two are asked for apart: of two tests with OR between, DuckDB
// skips by neither.

import { CALL_OUTCOMES } from "@elixirscope/trace";
import { rowsIfAny, rowsOf } from "./part-rows.ts";
import { sql, type Source, type Sql } from "./sql.ts";

const OPEN = CALL_OUTCOMES.indexOf("open");

/** `event` null: everything at `t` has happened; else only what has an id up to it. */
export type Cutoff = { readonly t: number; readonly event: number | null };

/** Rows of `raw.calls`, in no order. */
export async function runningCalls(
  source: Source,
  pid: number,
  { t, event }: Cutoff,
): Promise<Sql> {
  const begins = [0, t] as const;
  const [ended, open] = await Promise.all([
    rowsOf(source, "calls", { t_enter: begins, t_exit: [t, Number.MAX_SAFE_INTEGER] }),
    rowsIfAny(source, "calls", { open: begins }),
  ]);
  const begun = event === null ? sql`t_enter <= ${t}` : sql`t_enter <= ${t} AND call <= ${event}`;
  // at its own last event a frame is still there: that is where one stands to see how it ended
  const ends = event === null ? sql`t_exit > ${t}` : sql`t_exit >= ${t} AND exit_event >= ${event}`;
  const closed = sql`SELECT * FROM ${ended} WHERE pid = ${pid} AND ${begun} AND ${ends}`;
  if (open === null) return closed;
  return sql`${closed}
    UNION ALL SELECT * FROM ${open} WHERE pid = ${pid} AND ${begun} AND t_exit IS NULL AND outcome = ${OPEN}`;
}
