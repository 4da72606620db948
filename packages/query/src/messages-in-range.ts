// Messages of a range, as SQL, with `began`: when they were sent, else received. DuckDB skips what a range of one
// column leaves out, so what was sent in the range and what was only received in it are read apart.

import type { TimeRange } from "@elixirscope/wire";
import { rowsOf } from "./part-rows.ts";
import { sql, type Source, type Sql } from "./sql.ts";

/** Messages that were sent or received in the range. */
export async function inRangeSql(source: Source, range: TimeRange, condition: Sql): Promise<Sql> {
  const { t0, t1 } = range;
  const { sent, received } = await halves(source, range);
  return sql`SELECT *, t_sent AS began FROM ${sent} WHERE t_sent BETWEEN ${t0} AND ${t1} AND ${condition}
    UNION ALL SELECT *, coalesce(t_sent, t_received) AS began FROM ${received}
      WHERE t_received BETWEEN ${t0} AND ${t1} AND (t_sent IS NULL OR t_sent < ${t0}) AND ${condition}`;
}

/** Messages that began in the range: an instant each, so that ranges side by side share none. */
export async function begunSql(source: Source, range: TimeRange, condition: Sql): Promise<Sql> {
  const { t0, t1 } = range;
  const { sent, received } = await halves(source, range);
  return sql`SELECT *, t_sent AS began FROM ${sent} WHERE t_sent BETWEEN ${t0} AND ${t1} AND ${condition}
    UNION ALL SELECT *, t_received AS began FROM ${received}
      WHERE t_received BETWEEN ${t0} AND ${t1} AND t_sent IS NULL AND ${condition}`;
}

async function halves(
  source: Source,
  { t0, t1 }: TimeRange,
): Promise<Record<"sent" | "received", Sql>> {
  const [sent, received] = await Promise.all([
    rowsOf(source, "messages", { t_sent: [t0, t1] }),
    rowsOf(source, "messages", { t_received: [t0, t1] }),
  ]);
  return { sent, received };
}
