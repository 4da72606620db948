// The public tables of a recording: names and columns that users' SQL depends on.
//
// `store` keeps them in its own physical form and shows them as views under these names. Types are
// DuckDB's. Term columns hold external term format; `term(x)`, `term_get(x, path)`, `term_json(x)`
// read them. Every time is ns since the recording's start. Where the project was analysed, the tables of
// `code-schema.ts` are filled as well, and `functions`, `modules`, `sources` and `metrics` show both sides.

import { CODE_TABLES, type CodeColumn, type CodeTable, type CodeTableSpec } from "./code-schema.ts";

export type ColumnType =
  | "UBIGINT"
  | "BIGINT"
  | "UINTEGER"
  | "UTINYINT"
  | "VARCHAR"
  | "TERM"
  | "DOUBLE"
  | "BLOB"
  | "INTEGER"
  | "BOOLEAN"
  | "VARCHAR[]";

export type TableSpec = Readonly<Record<string, ColumnType>>;

const RECORDED_TABLES = {
  events: {
    id: "UBIGINT",
    t: "BIGINT",
    node: "VARCHAR",
    pid: "VARCHAR",
    kind: "VARCHAR",
    site: "UINTEGER",
    frame: "UBIGINT",
    correlation: "UBIGINT",
    payload: "TERM",
  },
  calls: {
    call: "UBIGINT",
    parent_call: "UBIGINT",
    pid: "VARCHAR",
    module: "VARCHAR",
    function: "VARCHAR",
    arity: "UTINYINT",
    site: "UINTEGER",
    t_enter: "BIGINT",
    t_exit: "BIGINT",
    duration_ns: "BIGINT",
    self_ns: "BIGINT",
    outcome: "VARCHAR",
    args: "TERM",
    result: "TERM",
    depth: "UINTEGER",
    exit_event: "UBIGINT",
  },
  bindings: {
    event: "UBIGINT",
    call: "UBIGINT",
    pid: "VARCHAR",
    t: "BIGINT",
    site: "UINTEGER",
    name: "VARCHAR",
    value: "TERM",
  },
  messages: {
    message: "UBIGINT",
    from_pid: "VARCHAR",
    to_pid: "VARCHAR",
    t_sent: "BIGINT",
    t_received: "BIGINT",
    dwell_ns: "BIGINT",
    kind: "VARCHAR",
    body: "TERM",
    reply_to: "UBIGINT",
    match: "VARCHAR",
    send_event: "UBIGINT",
    receive_event: "UBIGINT",
  },
  processes: {
    pid: "VARCHAR",
    node: "VARCHAR",
    name: "VARCHAR",
    label: "VARCHAR",
    initial_call: "VARCHAR",
    parent: "VARCHAR",
    ancestors: "VARCHAR",
    behaviour: "VARCHAR",
    application: "VARCHAR",
    t_spawned: "BIGINT",
    t_exited: "BIGINT",
    exit_reason: "TERM",
  },
  states: {
    pid: "VARCHAR",
    version: "UINTEGER",
    t: "BIGINT",
    event: "UBIGINT",
    state: "TERM",
    cause_message: "UBIGINT",
    callback: "VARCHAR",
  },
  telemetry: {
    t: "BIGINT",
    pid: "VARCHAR",
    name: "VARCHAR",
    measurements: "TERM",
    metadata: "TERM",
  },
  logs: { t: "BIGINT", pid: "VARCHAR", level: "VARCHAR", metadata: "TERM", message: "VARCHAR" },
  links: {
    source_event: "UBIGINT",
    target_event: "UBIGINT",
    type: "VARCHAR",
    confidence: "VARCHAR",
  },
  functions: {
    module: "VARCHAR",
    function: "VARCHAR",
    arity: "UTINYINT",
    kind: "VARCHAR",
    returns: "VARCHAR",
    min_arity: "UTINYINT",
    file: "VARCHAR",
    line: "INTEGER",
    column: "INTEGER",
    end_line: "INTEGER",
    node_id: "VARCHAR",
    clauses: "INTEGER",
    callback_of: "VARCHAR",
    is_impl: "BOOLEAN",
    specs: "VARCHAR[]",
    doc: "VARCHAR",
  },
  sites: {
    site: "UINTEGER",
    module: "VARCHAR",
    function: "VARCHAR",
    arity: "UTINYINT",
    kind: "VARCHAR",
    file: "VARCHAR",
    line: "UINTEGER",
    column: "UINTEGER",
    node_id: "VARCHAR",
    hash: "VARCHAR",
    clause: "UINTEGER",
    generated: "BOOLEAN",
    names: "VARCHAR[]",
    target: "VARCHAR",
    md5: "VARCHAR",
  },
  modules: {
    module: "VARCHAR",
    t: "BIGINT",
    md5: "VARCHAR",
    application: "VARCHAR",
    source: "VARCHAR",
    event: "VARCHAR",
    kind: "VARCHAR",
    file: "VARCHAR",
    line: "INTEGER",
    column: "INTEGER",
    end_line: "INTEGER",
    node_id: "VARCHAR",
    parent: "VARCHAR",
    behaviours: "VARCHAR[]",
    uses: "VARCHAR[]",
    struct_fields: "VARCHAR[]",
    doc: "VARCHAR",
  },
  sources: { path: "VARCHAR", sha256: "VARCHAR", bytes: "UBIGINT", text: "VARCHAR" },
  tests: {
    module: "VARCHAR",
    name: "VARCHAR",
    file: "VARCHAR",
    line: "UINTEGER",
    pid: "VARCHAR",
    t_start: "BIGINT",
    t_end: "BIGINT",
    outcome: "VARCHAR",
    time_us: "UBIGINT",
    failure: "TERM",
    tags: "TERM",
    call: "UBIGINT",
    failing_event: "UBIGINT",
    failing_site: "UINTEGER",
    failing_line: "UINTEGER",
    note: "VARCHAR",
  },
  marks: { t: "BIGINT", event: "UBIGINT", label: "VARCHAR", condition: "VARCHAR" },
  audit: {
    t: "BIGINT",
    who: "VARCHAR",
    action: "VARCHAR",
    subject: "VARCHAR",
    outcome: "VARCHAR",
    detail: "VARCHAR",
  },
  gaps: {
    t_from: "BIGINT",
    t_to: "BIGINT",
    node: "VARCHAR",
    pid: "VARCHAR",
    reason: "VARCHAR",
    count: "UBIGINT",
    detail: "VARCHAR",
  },
  metrics: {
    t: "BIGINT",
    source: "VARCHAR",
    name: "VARCHAR",
    value: "DOUBLE",
    module: "VARCHAR",
    function: "VARCHAR",
    arity: "UTINYINT",
  },
  files: {
    path: "VARCHAR",
    application: "VARCHAR",
    role: "VARCHAR",
    sha256: "VARCHAR",
    bytes: "INTEGER",
    lines: "INTEGER",
  },
} as const;

export type PublicTable = keyof typeof RECORDED_TABLES | CodeTable;

const CODE_TYPES: Readonly<Record<CodeColumn, ColumnType>> = {
  int: "INTEGER",
  real: "DOUBLE",
  flag: "BOOLEAN",
  name: "VARCHAR",
  node: "VARCHAR",
  text: "VARCHAR",
  names: "VARCHAR[]",
};

export const PUBLIC_TABLES: Readonly<Record<PublicTable, TableSpec>> = {
  ast_nodes: publicColumns(CODE_TABLES.ast_nodes),
  cfg_nodes: publicColumns(CODE_TABLES.cfg_nodes),
  cfg_edges: publicColumns(CODE_TABLES.cfg_edges),
  dfg_nodes: publicColumns(CODE_TABLES.dfg_nodes),
  dfg_edges: publicColumns(CODE_TABLES.dfg_edges),
  dfg_uses: publicColumns(CODE_TABLES.dfg_uses),
  call_edges: publicColumns(CODE_TABLES.call_edges),
  message_edges: publicColumns(CODE_TABLES.message_edges),
  spawn_edges: publicColumns(CODE_TABLES.spawn_edges),
  supervision_edges: publicColumns(CODE_TABLES.supervision_edges),
  findings: publicColumns(CODE_TABLES.findings),
  diagnostics: publicColumns(CODE_TABLES.diagnostics),
  ...RECORDED_TABLES,
};

function publicColumns(spec: CodeTableSpec): TableSpec {
  return Object.fromEntries(
    Object.entries(spec).map(([name, kind]) => [
      name,
      name.endsWith("arity") ? "UTINYINT" : CODE_TYPES[kind],
    ]),
  );
}

/** Names in `events.kind`, in the order of their stored codes (the code is the index). */
export const EVENT_KINDS = [
  "none",
  "call",
  "return",
  "exception",
  "send",
  "receive",
  "spawn",
  "exit",
  "link",
  "unlink",
  "getting_linked",
  "getting_unlinked",
  "register",
  "unregister",
  "state",
  "handle",
  "module",
  "tail",
  "bind",
  "branch",
  "value",
  "line",
  "no_clause",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** `calls.outcome`. `tail`: left by a preserved tail call or traced without returns; `lost`: its end fell into a gap. */
export const CALL_OUTCOMES = ["open", "returned", "raised", "tail", "lost"] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export const MESSAGE_KINDS = ["plain", "call", "cast", "reply", "info", "down", "exit"] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** `messages.match`. `exact`: sender named by the VM and FIFO per pair; `ordered`: FIFO after a gap; `none`: one end only. */
export const MESSAGE_MATCHES = ["none", "exact", "ordered"] as const;
export type MessageMatch = (typeof MESSAGE_MATCHES)[number];

export const LINK_TYPES = [
  "message",
  "reply",
  "spawn",
  "link",
  "monitor",
  "exit",
  "state",
] as const;
export type LinkType = (typeof LINK_TYPES)[number];

export const CONFIDENCES = ["exact", "ordered", "inferred"] as const;
export type Confidence = (typeof CONFIDENCES)[number];
