// How rows are kept inside DuckDB: narrow numbers only; text lives in dictionaries, terms in the payload log.
//
// PART tables go to the current time partition through typed-array pages; BASE tables are small, live
// as long as the recording and hold text. A column's kind says how it is staged, stored and read.

import { assertNever } from "@elixirscope/base";

/**
 * - `id`, `ref`: up to 2^53, 0 is NULL (`ref` is a payload)   - `time`: ns, -1 is NULL
 * - `index`: into a dictionary, 0 is NULL                     - `count`, `code`, `real`: as they are
 */
export type PartColumn = "id" | "ref" | "time" | "index" | "count" | "code" | "real";

export type PartSpec = Readonly<Record<string, PartColumn>>;

/** What rows are staged as; `open_calls` and `open_messages` have the columns of their namesakes. */
export const PART_TABLES = {
  events: {
    id: "id",
    t: "time",
    pid: "index",
    kind: "code",
    site: "index",
    frame: "id",
    correlation: "id",
    payload: "ref",
    flags: "code",
  },
  calls: {
    call: "id",
    parent_call: "id",
    pid: "index",
    function: "index",
    site: "index",
    t_enter: "time",
    t_exit: "time",
    self_ns: "time",
    outcome: "code",
    args: "ref",
    result: "ref",
    depth: "count",
    exit_event: "id",
  },
  messages: {
    message: "id",
    from_pid: "index",
    to_pid: "index",
    t_sent: "time",
    t_received: "time",
    kind: "code",
    body: "ref",
    reply_to: "id",
    match: "code",
    send_event: "id",
    receive_event: "id",
  },
  states: {
    pid: "index",
    version: "count",
    t: "time",
    event: "id",
    state: "ref",
    cause_message: "id",
    callback: "index",
  },
  links: { source_event: "id", target_event: "id", type: "code", confidence: "code" },
  /** lists of values beyond the event's payload; each value's name is in the site's `names`, from the end */
  bindings: {
    event: "id",
    call: "id",
    pid: "index",
    t: "time",
    site: "index",
    elements: "code",
    value: "ref",
  },
  telemetry: { t: "time", pid: "index", name: "index", measurements: "ref", metadata: "ref" },
  logs: { t: "time", pid: "index", level: "index", metadata: "ref", message: "ref" },
  metrics: { t: "time", source: "index", name: "index", value: "real" },
} as const;

type Appended = typeof PART_TABLES;

export type PartTable = keyof Appended | OpenTable;

export type SpecOf<T extends PartTable> = T extends "open_calls"
  ? Appended["calls"]
  : T extends "open_messages"
    ? Appended["messages"]
    : T extends keyof Appended
      ? Appended[T]
      : never;

/** Replaced as a whole at each commit; everything else is appended to. */
export const OPEN_TABLES = ["open_calls", "open_messages"] as const;
export type OpenTable = (typeof OPEN_TABLES)[number];

export type BaseColumn = "UINTEGER" | "UBIGINT" | "UTINYINT" | "BIGINT" | "VARCHAR";
export type BaseSpec = Readonly<Record<string, BaseColumn>>;

export const BASE_TABLES = {
  pids: { id: "UINTEGER", text: "VARCHAR", node: "VARCHAR" },
  names: { id: "UINTEGER", text: "VARCHAR" },
  functions: {
    id: "UINTEGER",
    module: "VARCHAR",
    function: "VARCHAR",
    arity: "UTINYINT",
    kind: "VARCHAR",
    returns: "VARCHAR",
  },
  processes: {
    pid: "UINTEGER",
    name: "VARCHAR",
    label: "VARCHAR",
    initial_call: "VARCHAR",
    parent: "UINTEGER",
    ancestors: "VARCHAR",
    behaviour: "VARCHAR",
    application: "VARCHAR",
    t_spawned: "BIGINT",
    t_exited: "BIGINT",
    exit_reason: "UBIGINT",
  },
  sites: {
    site: "UINTEGER",
    function: "UINTEGER",
    kind: "VARCHAR",
    file: "VARCHAR",
    line: "UINTEGER",
    column: "UINTEGER",
    node_id: "VARCHAR",
    hash: "VARCHAR",
    clause: "UINTEGER",
    generated: "UTINYINT",
    /** separated by NAME_SEPARATOR, empty for none; NULL: no names at all */
    names: "VARCHAR",
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
  },
  sources: { path: "VARCHAR", sha256: "VARCHAR", bytes: "UBIGINT", text: "VARCHAR" },
  tests: {
    module: "VARCHAR",
    name: "VARCHAR",
    file: "VARCHAR",
    line: "UINTEGER",
    pid: "UINTEGER",
    t_start: "BIGINT",
    t_end: "BIGINT",
    outcome: "VARCHAR",
    time_us: "UBIGINT",
    failure: "UBIGINT",
    tags: "UBIGINT",
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
    pid: "UINTEGER",
    reason: "VARCHAR",
    count: "UBIGINT",
    detail: "VARCHAR",
  },
  parts: {
    part: "UINTEGER",
    t_from: "BIGINT",
    t_to: "BIGINT",
    events: "UBIGINT",
    expired: "UTINYINT",
  },
} as const;

/** Between the names of a site's variables. */
export const NAME_SEPARATOR = "\u001f";

export type BaseTable = keyof typeof BASE_TABLES;

/** One staged row of a base table; a column that is left out is NULL (in `processes`: not known yet). */
export type BaseRow<T extends BaseTable> = {
  readonly [K in keyof (typeof BASE_TABLES)[T]]?:
    | ((typeof BASE_TABLES)[T][K] extends "VARCHAR" ? string : number)
    | null
    | undefined;
};

export const PART_SPECS: Readonly<Record<PartTable, PartSpec>> = {
  ...PART_TABLES,
  open_calls: PART_TABLES.calls,
  open_messages: PART_TABLES.messages,
};

const PART_SQL_TYPES: Readonly<Record<PartColumn, string>> = {
  id: "UBIGINT",
  ref: "UBIGINT",
  time: "BIGINT",
  index: "UINTEGER",
  count: "UINTEGER",
  code: "UTINYINT",
  real: "DOUBLE",
};

/** The staged form of a column as its stored form. */
function stored(name: string, kind: PartColumn): string {
  const column = `"${name}"`;
  switch (kind) {
    case "id":
    case "ref":
      return `nullif(${column}, 0)::UBIGINT`;
    case "time":
      return `nullif(${column}, -1)::BIGINT`;
    case "index":
      return `nullif(${column}, 0)`;
    case "count":
    case "code":
    case "real":
      return column;
    default:
      return assertNever(kind);
  }
}

export function createPartSql(database: string): string[] {
  return Object.entries(PART_SPECS).map(([table, spec]) => {
    const columns = Object.entries(spec).map(([name, kind]) => `"${name}" ${PART_SQL_TYPES[kind]}`);
    return `CREATE TABLE ${database}.${table}(${columns.join(", ")})`;
  });
}

/** The SQL type of a stored column. */
export function partColumnType(kind: PartColumn): string {
  return PART_SQL_TYPES[kind];
}

export function insertPartSql(database: string, table: PartTable): string {
  const columns = Object.entries(PART_SPECS[table]).map(([name, kind]) => stored(name, kind));
  return `INSERT INTO ${database}.${table} SELECT ${columns.join(", ")} FROM _stage('${table}')`;
}

export function createBaseSql(database: string): string[] {
  return Object.entries(BASE_TABLES).map(([table, spec]) => {
    const columns = Object.entries(spec).map(([name, type]) => `"${name}" ${type}`);
    return `CREATE TABLE ${database}.${table}(${columns.join(", ")})`;
  });
}

/** Numbers are staged as DOUBLE (NULL stays NULL) and cast here. */
export function insertBaseSql(database: string, table: BaseTable): string {
  const spec: BaseSpec = BASE_TABLES[table];
  const columns = Object.entries(spec).map(([name, type]) => `"${name}"::${type} AS "${name}"`);
  const source = `SELECT ${columns.join(", ")} FROM _stage('${table}')`;
  if (table !== "processes") return `INSERT INTO ${database}.${table} ${source}`;

  // What is learnt about a process comes in pieces: a later piece fills in, and never erases.
  const names = Object.keys(spec);
  const updates = names.filter((name) => name !== "pid");
  return `MERGE INTO ${database}.processes AS known USING (${source}) AS news ON known.pid = news.pid
    WHEN MATCHED THEN UPDATE SET ${updates.map((name) => `${name} = coalesce(news.${name}, known.${name})`).join(", ")}
    WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${names.map((name) => `news.${name}`).join(", ")})`;
}
