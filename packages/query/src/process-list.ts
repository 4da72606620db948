// Every process of a recording, in the one order that lists and lanes share: applications by how much
// they did, inside an application those with a name first (the others come and go), busiest first. Lanes may
// also stand by supervisor: the tree from the top down, children of one supervisor together.
//
// A process that nobody described (it was gone too soon) belongs to the application of its parent.

import type { LaneGroups, ProcessView } from "@elixirscope/wire";
import { eventCounts } from "./activity.ts";
import type { Part } from "./digests.ts";
import { initialCallText } from "./names.ts";
import { printTerm, styleOf } from "./print.ts";
import { PROCESS_ORDERS } from "./process-order.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
  type Sql,
} from "./sql.ts";

export type ProcessRow = ProcessView & {
  readonly index: number;
  /** the application, or the supervisor's name or pid */
  readonly group: string;
};

export type ProcessPage = { readonly total: number; readonly rows: readonly ProcessRow[] };

export type ProcessSelection = {
  /** by pid, name, label, application, initial call, or a function that it called */
  readonly filter?: string;
  /** as `filter`, without functions */
  readonly named?: string;
  readonly pids?: readonly string[];
  /** what stands together; absent: applications */
  readonly groups?: LaneGroups;
  readonly offset: number;
  readonly limit: number;
};

export async function processPage(
  source: Source,
  parts: readonly Part[],
  selection: ProcessSelection,
): Promise<ProcessPage> {
  const rows = await select(source, pageSql(selection, eventCounts(parts)));
  const style = styleOf(source.manifest);
  const total = rows[0] === undefined ? 0 : asNumber(rows[0][0]);
  return {
    total,
    rows: rows.map((row) => {
      const reason = asBytesOrNull(row[12]);
      return {
        index: asNumber(row[1]),
        pid: asText(row[2]),
        name: asTextOrNull(row[3]),
        label: asTextOrNull(row[4]),
        initialCall: initialCall(asTextOrNull(row[5])),
        parent: asTextOrNull(row[6]),
        behaviour: asTextOrNull(row[7]),
        application: asTextOrNull(row[8]),
        tSpawned: asNumberOrNull(row[9]),
        tExited: asNumberOrNull(row[10]),
        exitReason: reason === null ? null : printTerm(reason, "line", style),
        events: asNumber(row[11]),
        group: asText(row[13]),
      };
    }),
  };
}

function initialCall(text: string | null): string | null {
  return text === null ? null : initialCallText(text);
}

/** What is public of a row. */
export function processView({ index: _index, group: _group, ...view }: ProcessRow): ProcessView {
  return view;
}

function pageSql(
  { filter = "", named = "", pids, groups = "application", offset, limit }: ProcessSelection,
  activity: Sql,
): Sql {
  const chosen = pids === undefined ? sql`true` : sql`pid IN ${pids}`;
  const matching = [
    ...(filter.trim() === ""
      ? []
      : [sql`(${isNamed(filter.trim())} OR ${hasCalled(filter.trim())})`]),
    ...(named.trim() === "" ? [] : [isNamed(named.trim())]),
  ].reduce((all, one) => sql`${all} AND ${one}`, chosen);
  const order = PROCESS_ORDERS[groups];
  return sql`
    WITH ${order.tables} activity AS (${activity}),
    known AS (
      SELECT i.id, i.text AS pid, x.name, x.label, x.initial_call, o.text AS parent, x.behaviour,
        coalesce(x.application, up.application, upup.application) AS application,
        x.t_spawned, x.t_exited, x.exit_reason, coalesce(a.events, 0) AS events
        ${order.columns}
      FROM base.pids i
        LEFT JOIN base.processes x ON x.pid = i.id
        LEFT JOIN activity a ON a.pid = i.id
        LEFT JOIN base.pids o ON o.id = x.parent
        LEFT JOIN base.processes up ON up.pid = x.parent
        LEFT JOIN base.processes upup ON upup.pid = up.parent
        ${order.joins}
      WHERE x.pid IS NOT NULL OR a.events IS NOT NULL),
    ranked AS (SELECT *, sum(events) OVER (PARTITION BY application) AS group_events FROM known),
    page AS (
      SELECT *, count(*) OVER () AS total,
        row_number() OVER (ORDER BY ${order.groups},
          name IS NULL AND label IS NULL, events DESC, id) AS place
      FROM ranked WHERE ${matching} ORDER BY place LIMIT ${limit} OFFSET ${offset})
    SELECT total, id, pid, name, label, initial_call, parent, behaviour, application, t_spawned, t_exited,
      events, payload(exit_reason), ${order.group} FROM page ORDER BY place`;
}

function isNamed(text: string): Sql {
  return sql`contains(lower(concat_ws(' ', pid, name, label, application, initial_call, behaviour)), lower(${text}))`;
}

function hasCalled(text: string): Sql {
  return sql`id IN (SELECT DISTINCT c.pid FROM raw.calls c WHERE c."function" IN (
    SELECT id FROM base.functions
    WHERE contains(lower(module || '.' || "function" || '/' || arity), lower(${text}))))`;
}
