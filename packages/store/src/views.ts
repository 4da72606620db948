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
import { OPEN_TABLES, PART_TABLES } from "./physical.ts";

export function partDatabase(part: number): string {
  return `p${part}`;
}

function textOf(codes: readonly string[], column: string): string {
  return `[${codes.map((name) => `'${name}'`).join(", ")}][${column} + 1]`;
}

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
  bindings: `SELECT b.event, b.call, p.text AS pid, b.t, b.site, n.text AS name, b.value
    FROM raw.bindings b ${pidOf("p")} = b.pid LEFT JOIN base.names n ON n.id = b.name`,
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
  sites: `SELECT s.site, f.module, f."function", f.arity, s.kind, s.file, s.line, s."column", s.node_id, s.hash
    FROM base.sites s LEFT JOIN base.functions f ON f.id = s."function"`,
  gaps: `SELECT g.t_from, g.t_to, coalesce(g.node, p.node) AS node, p.text AS pid, g.reason, g.count, g.detail
    FROM base.gaps g ${pidOf("p")} = g.pid`,
  ...CODE_VIEWS,
};

/** Made anew whenever a partition comes or goes. */
export function rawViewsSql(parts: readonly number[]): string[] {
  const last = parts.at(-1);
  return Object.entries(PART_TABLES).map(([table, spec]) => {
    const sources = parts.map((part) => `${partDatabase(part)}.${table}`);
    // what is open is replaced at each commit, so only the newest partition's set counts
    const open = OPEN_TABLES.find((name) => name === `open_${table}`);
    if (open !== undefined && last !== undefined) sources.push(`${partDatabase(last)}.${open}`);
    const columns = Object.keys(spec).map((name) => `"${name}"`);
    const selects = sources.map((source) => `SELECT ${columns.join(", ")} FROM ${source}`);
    return `CREATE OR REPLACE VIEW raw.${table} AS ${selects.join(" UNION ALL ")}`;
  });
}

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
