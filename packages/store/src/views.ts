// The public tables as SQL views. Three layers: `raw` joins the time partitions, `refs` gives every
// column its public name and form but keeps a term as its payload reference, `main` reads the terms.
//
// A payload is read for each row that reaches the projection, also below an ORDER BY … LIMIT: whoever
// needs a few terms of many rows selects from `refs` and calls `payload(ref)` outside.

import {
  CALL_OUTCOMES,
  CONFIDENCES,
  EVENT_KINDS,
  LINK_TYPES,
  MESSAGE_KINDS,
  MESSAGE_MATCHES,
  PUBLIC_TABLES,
} from "@elixirscope/trace";
import { CODE_VIEWS } from "./code-views.ts";
import {
  BASE_TABLES,
  OPEN_TABLES,
  PART_TABLES,
  type BaseSpec,
  type PartSpec,
  partColumnType,
} from "./physical.ts";
import { elementRefSql } from "./payload-blocks.ts";

export function partDatabase(part: number): string {
  return `p${part}`;
}

function textOf(codes: readonly string[], column: string): string {
  return `[${codes.map((name) => `'${name}'`).join(", ")}][${column} + 1]`;
}

/** Kinds of events whose payload is a list of variables' values. */
const BINDING_KINDS = (["call", "bind", "branch"] as const)
  .map((kind) => EVENT_KINDS.indexOf(kind))
  .join(", ");
const NAMES = "[nullif(x, '') FOR x IN string_split(s.names, chr(31))]";
/** Each named variable of each site: its place among the site's names, from 0, and how many those are. */
const SITE_NAMES = `SELECT site, unnest(names) AS name, unnest(range(len(names))) AS place, len(names) AS total
      FROM (SELECT s.site, ${NAMES} AS names FROM raw.sites s WHERE s.names IS NOT NULL)`;

function pidOf(alias: string): string {
  return `LEFT JOIN base.pids ${alias} ON ${alias}.id`;
}

/** For a table: the SELECT below `refs`, with payload references where the public column is a TERM. */
const REFS: Readonly<Record<keyof typeof PUBLIC_TABLES, string>> = {
  events: `SELECT e.id, e.t, p.node, p.text AS pid, ${textOf(EVENT_KINDS, "e.kind")} AS kind, e.site,
      e.frame, e.correlation, e.payload
    FROM raw.events e ${pidOf("p")} = e.pid`,
  calls: `SELECT c.call, c.parent_call, p.text AS pid, f.module, f."function", f.arity, c.site, c.t_enter,
      c.t_exit, c.t_exit - c.t_enter AS duration_ns, c.self_ns, ${textOf(CALL_OUTCOMES, "c.outcome")} AS outcome,
      c.args, c.result, c.depth, c.exit_event
    FROM raw.calls c ${pidOf("p")} = c.pid LEFT JOIN base.functions f ON f.id = c."function"`,
  bindings: `WITH n AS (${SITE_NAMES})
    SELECT e.id AS event, e.frame AS call, p.text AS pid, e.t, e.site, n.name,
      ${elementRefSql("e.payload", "n.place")} AS value
    FROM raw.events e JOIN n ON n.site = e.site ${pidOf("p")} = e.pid
    WHERE e.kind IN (${BINDING_KINDS}) AND e.payload IS NOT NULL AND n.name IS NOT NULL AND n.place < e.flags
    UNION ALL
    SELECT b.event, b.call, p.text AS pid, b.t, b.site, n.name,
      ${elementRefSql("b.value", "n.place + b.elements - n.total")} AS value
    FROM raw.bindings b JOIN n ON n.site = b.site ${pidOf("p")} = b.pid
    WHERE n.name IS NOT NULL AND n.place + b.elements >= n.total`,
  messages: `SELECT m.message, f.text AS from_pid, t.text AS to_pid, m.t_sent, m.t_received,
      m.t_received - m.t_sent AS dwell_ns, ${textOf(MESSAGE_KINDS, "m.kind")} AS kind, m.body, m.reply_to,
      ${textOf(MESSAGE_MATCHES, "m.match")} AS match, m.send_event, m.receive_event
    FROM raw.messages m ${pidOf("f")} = m.from_pid ${pidOf("t")} = m.to_pid`,
  processes: `SELECT p.text AS pid, p.node, x.name, x.label, x.initial_call, o.text AS parent, x.ancestors,
      x.behaviour, x.application, x.t_spawned, x.t_exited, x.exit_reason
    FROM base.processes x ${pidOf("p")} = x.pid ${pidOf("o")} = x.parent`,
  states: `SELECT p.text AS pid, s.version, s.t, s.event, s.state, s.cause_message, n.text AS callback
    FROM raw.states s ${pidOf("p")} = s.pid LEFT JOIN base.names n ON n.id = s.callback`,
  telemetry: `SELECT x.t, p.text AS pid, n.text AS name, x.measurements, x.metadata
    FROM raw.telemetry x ${pidOf("p")} = x.pid LEFT JOIN base.names n ON n.id = x.name`,
  logs: `SELECT x.t, p.text AS pid, n.text AS level, x.metadata, decode(payload(x.message)) AS message
    FROM raw.logs x ${pidOf("p")} = x.pid LEFT JOIN base.names n ON n.id = x.level`,
  links: `SELECT source_event, target_event, ${textOf(LINK_TYPES, "type")} AS type,
      ${textOf(CONFIDENCES, "confidence")} AS confidence FROM raw.links
    UNION ALL SELECT send_event, receive_event, 'message', ${textOf(MESSAGE_MATCHES, "match")} FROM raw.messages
    WHERE match <> 0 AND send_event IS NOT NULL AND receive_event IS NOT NULL`,
  sites: `SELECT s.site, f.module, f."function", f.arity, s.kind, s.file, s.line, s."column", s.node_id, s.hash,
      s.clause, s.generated = 1 AS generated, coalesce(${NAMES}, []::VARCHAR[]) AS names, s.target, s.md5
    FROM raw.sites s LEFT JOIN base.functions f ON f.id = s."function"`,
  tests: `SELECT x.module, x.name, x.file, x.line, p.text AS pid, x.t_start, x.t_end, x.outcome, x.time_us, x.failure,
      x.tags, x.call, x.failing_event, x.failing_site, x.failing_line, x.note
    FROM raw.tests x ${pidOf("p")} = x.pid`,
  marks: `SELECT t, event, label, condition FROM raw.marks`,
  audit: `SELECT t, who, action, subject, outcome, detail FROM raw.audit`,
  gaps: `SELECT g.t_from, g.t_to, coalesce(g.node, p.node) AS node, p.text AS pid, g.reason, g.count, g.detail
    FROM base.gaps g ${pidOf("p")} = g.pid`,
  ...CODE_VIEWS,
};

/** What the attached files hold, as `database.table.column`: an older recording lacks some. */
export type StoredColumns = ReadonlySet<string>;

/** Made anew whenever a partition comes or goes. `stored` null: all of this version's columns. */
export function rawViewsSql(parts: readonly number[], stored: StoredColumns | null): string[] {
  const last = parts.at(-1);
  const rows = Object.entries<PartSpec>(PART_TABLES).map(([table, spec]) => {
    const sources = parts.map((part) => `${partDatabase(part)}.${table}`);
    // what is open is replaced at each commit, so only the newest partition's set counts
    const open = OPEN_TABLES.find((name) => name === `open_${table}`);
    if (open !== undefined && last !== undefined) sources.push(`${partDatabase(last)}.${open}`);
    const columns = Object.entries(spec).map(
      ([name, kind]) => [name, partColumnType(kind)] as const,
    );
    return rawView(table, sources, columns, stored);
  });
  const small = Object.entries<BaseSpec>(BASE_TABLES).map(([table, spec]) =>
    rawView(table, [`base.${table}`], Object.entries(spec), stored),
  );
  return [...rows, ...small];
}

function rawView(
  name: string,
  sources: readonly string[],
  columns: readonly (readonly [string, string])[],
  stored: StoredColumns | null,
): string {
  const selects = sources.map((source) => {
    const has = (column: string): boolean => stored?.has(`${source}.${column}`) ?? true;
    const read = columns.map(([column, type]) =>
      has(column) ? `"${column}"` : `NULL::${type} AS "${column}"`,
    );
    const exists = columns.some(([column]) => has(column));
    return `SELECT ${read.join(", ")} ${exists ? `FROM ${source}` : "WHERE false"}`;
  });
  return `CREATE OR REPLACE VIEW raw.${name} AS ${selects.join(" UNION ALL ")}`;
}

/** Rows of the public table `bindings`, out of views of `raw` alone. */
export const BINDINGS_SQL: string = REFS.bindings;

export function publicViewsSql(): string[] {
  return Object.entries(PUBLIC_TABLES).flatMap(([table, columns]) => {
    const select = REFS[publicTable(table)];
    const read = Object.entries(columns).map(([name, type]) =>
      type === "TERM" ? `payload("${name}") AS "${name}"` : `"${name}"`,
    );
    return [
      `CREATE VIEW refs.${table} AS ${select}`,
      `CREATE VIEW main.${table} AS SELECT ${read.join(", ")} FROM refs.${table}`,
    ];
  });
}

function publicTable(name: string): keyof typeof PUBLIC_TABLES {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: Object.entries widens its own keys to string
  return name as keyof typeof PUBLIC_TABLES;
}
