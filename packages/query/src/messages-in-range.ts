// Messages of a range, as SQL, with `began`: when they were sent, else received. DuckDB skips what a range of one
// column leaves out, so what was sent in the range and what was only received in it are read apart.

import type { TimeRange } from "@elixirscope/wire";
import { sql, type Sql } from "./sql.ts";

/** Messages that were sent or received in the range. */
export function inRangeSql({ t0, t1 }: TimeRange, condition: Sql): Sql {
  return sql`SELECT *, t_sent AS began FROM raw.messages WHERE t_sent BETWEEN ${t0} AND ${t1} AND ${condition}
    UNION ALL SELECT *, coalesce(t_sent, t_received) AS began FROM raw.messages
      WHERE t_received BETWEEN ${t0} AND ${t1} AND (t_sent IS NULL OR t_sent < ${t0}) AND ${condition}`;
}

/** Messages that began in the range: an instant each, so that ranges side by side share none. */
export function begunSql({ t0, t1 }: TimeRange, condition: Sql): Sql {
  return sql`SELECT *, t_sent AS began FROM raw.messages WHERE t_sent BETWEEN ${t0} AND ${t1} AND ${condition}
    UNION ALL SELECT *, t_received AS began FROM raw.messages
      WHERE t_received BETWEEN ${t0} AND ${t1} AND t_sent IS NULL AND ${condition}`;
}
