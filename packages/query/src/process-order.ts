// The orders that processes can stand in, as parts of the statement that lists them (process-list.ts).

import type { LaneGroups } from "@elixirscope/wire";
import { sql, type Sql } from "./sql.ts";

export type ProcessOrder = {
  /** before the statement's own; ends with a comma */
  readonly tables: Sql;
  /** of the process `i`, described by `x`, after others: what the next two need */
  readonly columns: Sql;
  readonly joins: Sql;
  /** by which groups stand */
  readonly groups: Sql;
  /** the text of a group */
  readonly group: Sql;
};

const MOST_ANCESTORS = 32;

/**
 * Who started a process, in OTP's words (the first of its ancestors) where its spawn was not recorded; and of each
 * process all that are above it, from the top. One that is not known is the top.
 */
const ANCESTORS = sql`RECURSIVE started AS (
    SELECT x.pid, coalesce(x.parent, known.id, named.pid) AS parent, split_part(x.ancestors, ', ', 1) AS said
    FROM base.processes x
      LEFT JOIN base.pids known ON known.text = split_part(x.ancestors, ', ', 1)
      LEFT JOIN (SELECT name, max(pid) AS pid FROM base.processes WHERE name IS NOT NULL GROUP BY name) named
        ON named.name = split_part(x.ancestors, ', ', 1)),
  ancestors AS (
    SELECT pid, CASE WHEN parent IS NULL THEN [] ELSE [parent] END AS above FROM started
      WHERE parent IS NULL OR parent NOT IN (SELECT pid FROM started)
    UNION ALL
    SELECT s.pid, list_append(n.above, s.parent) FROM started s JOIN ancestors n ON s.parent = n.pid
      WHERE len(n.above) < ${MOST_ANCESTORS}),`;

export const PROCESS_ORDERS: Readonly<Record<LaneGroups, ProcessOrder>> = {
  application: {
    tables: sql``,
    columns: sql``,
    joins: sql``,
    groups: sql`application IS NULL, group_events DESC, application`,
    group: sql`coalesce(application, 'other processes')`,
  },
  supervisor: {
    tables: ANCESTORS,
    columns: sql`, n.above, coalesce(up_name.name, up_name.label, up_pid.text, nullif(s.said, '')) AS supervisor`,
    joins: sql`LEFT JOIN ancestors n ON n.pid = i.id
        LEFT JOIN started s ON s.pid = i.id
        LEFT JOIN base.processes up_name ON up_name.pid = s.parent
        LEFT JOIN base.pids up_pid ON up_pid.id = s.parent`,
    groups: sql`above IS NULL, above, supervisor`,
    group: sql`coalesce(supervisor, 'no parent known')`,
  },
};
