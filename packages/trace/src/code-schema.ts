// The tables of an analysed project: what `code.duckdb` holds, and the batches in which it is written.
//
// A row's place in the program is `module`, `function`, `arity`, written as in a recording's tables
// (`Shop.Cart`, `ets`: no colon), so that both sides join with USING. Inside a function a graph has its
// number (0: the function itself, then its closures, depth first) and a node its number in the graph.

/**
 * - `int`: -1 is NULL               - `real`: NaN is NULL        - `flag`: BOOLEAN, 0 or 1
 * - `name`: text that repeats; stored once    - `node`: a node id; its head and its path are stored once
 * - `text`: text that does not      - `names`: VARCHAR[], staged as one text joined by U+001F
 */
export type CodeColumn = "int" | "real" | "flag" | "name" | "node" | "text" | "names";

export type CodeTableSpec = Readonly<Record<string, CodeColumn>>;

/** In `code.duckdb`; a reader refuses a greater one. */
export const CODE_FORMAT = 1;

/** Between the elements of a staged `names` column. */
export const NAMES_SEPARATOR = "\u001f";

export const CODE_TABLES = {
  /** every file of the project, also those that could not be analysed */
  files: {
    path: "name",
    application: "name",
    /** compiled, script, test, template, dependency */
    role: "name",
    sha256: "text",
    bytes: "int",
    lines: "int",
    /** as it was analysed, so that places stay right after the file has changed */
    text: "text",
  },
  modules: {
    module: "name",
    /** module, protocol, implementation */
    kind: "name",
    file: "name",
    line: "int",
    column: "int",
    end_line: "int",
    node_id: "node",
    parent: "name",
    behaviours: "names",
    uses: "names",
    struct_fields: "names",
    doc: "text",
  },
  functions: {
    module: "name",
    function: "name",
    arity: "int",
    /** def, defp, defmacro, … */
    kind: "name",
    /** smaller than `arity` by its default arguments */
    min_arity: "int",
    file: "name",
    line: "int",
    column: "int",
    end_line: "int",
    node_id: "node",
    clauses: "int",
    callback_of: "name",
    is_impl: "flag",
    specs: "names",
    doc: "text",
  },
  /** every node of every tree, in order: `parent` is the number of another one in the same file */
  ast_nodes: {
    file: "name",
    node: "int",
    parent: "int",
    depth: "int",
    node_id: "node",
    module: "name",
    function: "name",
    arity: "int",
    /** as in the syntax tree: call, variable, atom, … */
    kind: "name",
    /** the name of a call or variable, the text of an atom, number or short string */
    name: "name",
    line: "int",
    column: "int",
    end_line: "int",
    end_column: "int",
    start_byte: "int",
    end_byte: "int",
  },
  cfg_nodes: {
    file: "name",
    module: "name",
    function: "name",
    arity: "int",
    graph: "int",
    node: "int",
    kind: "name",
    node_id: "node",
    line: "int",
    column: "int",
    clause: "int",
    label: "text",
  },
  cfg_edges: {
    file: "name",
    module: "name",
    function: "name",
    arity: "int",
    graph: "int",
    from_node: "int",
    to_node: "int",
    kind: "name",
    error: "name",
  },
  dfg_nodes: {
    file: "name",
    module: "name",
    function: "name",
    arity: "int",
    /** a definition: its number in the function, its closures included */
    node: "int",
    kind: "name",
    name: "name",
    version: "int",
    /** that of the closure in which it is made, as in `cfg_nodes` */
    graph: "int",
    node_id: "node",
    line: "int",
    column: "int",
    cfg_node: "int",
    clause: "int",
  },
  dfg_edges: {
    file: "name",
    module: "name",
    function: "name",
    arity: "int",
    from_node: "int",
    to_node: "int",
    kind: "name",
    path: "name",
    index: "int",
    node_id: "node",
  },
  /** where a variable is read, and the definition that reaches it */
  dfg_uses: {
    file: "name",
    module: "name",
    function: "name",
    arity: "int",
    node: "int",
    node_id: "node",
    line: "int",
    column: "int",
    graph: "int",
    cfg_node: "int",
  },
  call_edges: {
    module: "name",
    function: "name",
    arity: "int",
    callee_module: "name",
    callee_function: "name",
    callee_arity: "int",
    /** call, capture, macro, apply */
    kind: "name",
    /** how the callee was found: exact, imported, project_import, use, protocol, unresolved, dynamic */
    binding: "name",
    clause: "int",
    is_tail: "flag",
    node_id: "node",
    file: "name",
    line: "int",
    column: "int",
  },
  /** who sends a message to which handler clause; an end that is not known is NULL */
  message_edges: {
    module: "name",
    function: "name",
    arity: "int",
    /** call, cast, send, … */
    kind: "name",
    shape: "name",
    receiver: "name",
    timeout: "name",
    node_id: "node",
    file: "name",
    line: "int",
    column: "int",
    /** whose process takes it; NULL when nothing is known of that */
    to_module: "name",
    handler_module: "name",
    handler_function: "name",
    handler_arity: "int",
    handler_clause: "int",
    handler_kind: "name",
    handler_shape: "name",
    handler_node_id: "node",
    /** exact, inferred, possible; NULL when nothing takes it or nothing is known of the receiver */
    confidence: "name",
    evidence: "name",
  },
  spawn_edges: {
    module: "name",
    function: "name",
    arity: "int",
    kind: "name",
    target: "name",
    target_kind: "name",
    is_linked: "flag",
    under: "name",
    clause: "int",
    node_id: "node",
    file: "name",
    line: "int",
    column: "int",
  },
  supervision_edges: {
    supervisor: "name",
    strategy: "name",
    child: "name",
    child_module: "name",
    /** worker, supervisor */
    type: "name",
    restart: "name",
    /** in which they start; NULL for children that are started later */
    position: "int",
    is_dynamic: "flag",
    is_conditional: "flag",
    is_many: "flag",
    file: "name",
    line: "int",
  },
  findings: {
    rule: "name",
    category: "name",
    severity: "name",
    title: "text",
    explanation: "text",
    module: "name",
    function: "name",
    arity: "int",
    file: "name",
    line: "int",
    column: "int",
    end_line: "int",
    end_column: "int",
    node_id: "node",
    confidence: "real",
  },
  /** of functions, and of modules where `function` is NULL */
  metrics: { module: "name", function: "name", arity: "int", name: "name", value: "real" },
  diagnostics: {
    file: "name",
    line: "int",
    column: "int",
    severity: "name",
    code: "name",
    message: "text",
  },
} as const;

export type CodeTable = keyof typeof CODE_TABLES;

/** Text of which each distinct value comes once: `codes[row]` is its index in `values` plus 1, 0 is NULL. */
export type CodedText = { readonly codes: Int32Array; readonly values: readonly string[] };

/** Node ids taken apart: `head:path`, or the head alone where the path's code is 0. */
export type CodedNodes = {
  readonly heads: Int32Array;
  readonly paths: Int32Array;
  readonly values: readonly string[];
};

export type CodeColumnData =
  | Int32Array
  | Float64Array
  | CodedText
  | CodedNodes
  | readonly (string | null)[];

/** Rows of one table, a column at a time; plain data that crosses threads. */
export type CodeBatch = {
  readonly table: CodeTable;
  readonly rows: number;
  readonly columns: Readonly<Record<string, CodeColumnData>>;
};
