// What instrumented code reports: the shapes of its events on the wire, and the manifest of its sites.
//
// Instrumented functions call `elixir_scope_capture` in the target. A process keeps its events in a
// buffer; a flush is one EVENTS record, whose payload is one external term:
//   `{FirstNumber, Depth, FlushedAt, Events}`
//   FirstNumber  number of the first event in its process, from 0 and without holes: a hole is loss.
//                After somebody erased the dictionary of the process, numbers and frames go on at the
//                next multiple of 2^40; what was in the buffer then, 64 events at most, is lost
//   Depth        open frames after the last event; 0 means that nothing is kept back
//   FlushedAt    `os:perf_counter()` in ns when the record's own `t` was read: an event's time is
//                `t - (FlushedAt - T)`; everything of the process up to it has been delivered
//   Events       oldest first, tuples `{Kind, Site, T, Frame, …}` as CAPTURED says
// A frame is a number that grows within its process; 0 is none. Values are cut as everything else (CUT_ATOM).

/** Kinds of captured events. The comment says what follows `Frame`. */
export const CAPTURED = {
  /** `Arguments` (list), `Variables` (list, bound by the clause's patterns beyond whole arguments; a fun's captured ones last) */
  ENTER: 1,
  /** `Arguments`; no clause matched, the frame never began (frame 0) */
  NO_CLAUSE: 2,
  /** `Value`; the frame ends */
  RETURN: 3,
  /** `Class, Reason, Stacktrace`; the frame ends. Frame 0: only exceptions of this function are recorded */
  RAISE: 4,
  /** the frame ends, its function goes on as the function that the site names */
  TAIL: 5,
  /** `Values` (list) of the variables that a match bound */
  BIND: 6,
  /** `Values` (list) of the variables that the chosen clause or generator bound; may be empty */
  BRANCH: 7,
  /** `Value` of the expression */
  VALUE: 8,
  /** a line's first expression begins */
  LINE: 9,
  /** the next message that the process sends is sent here */
  SEND: 10,
} as const;
export type CapturedKind = (typeof CAPTURED)[keyof typeof CAPTURED];

/**
 * `name/arity` of a gen_server's callbacks that take and give its state. Where a module has all of its own recorded, the
 * transformer lets its processes say so (`enter_init`), and the collector reads states from their calls.
 */
export const SERVER_CALLBACKS: ReadonlySet<string> = new Set([
  "init/1",
  "handle_call/3",
  "handle_cast/2",
  "handle_info/2",
  "handle_continue/2",
]);

/** What a site is. `kind` column of `sites`, by name. */
export const SITE_KINDS = [
  "function_clause",
  "fn_clause",
  "no_clause",
  "return",
  "raise",
  "tail_call",
  "match",
  "case_clause",
  "cond_clause",
  "if_clause",
  "with_clause",
  "else_clause",
  "receive_clause",
  "after_clause",
  "try_clause",
  "rescue_clause",
  "catch_clause",
  "generator",
  "value",
  "line",
  "send",
] as const;
export type SiteKind = (typeof SITE_KINDS)[number];

export type Site = {
  /** unique for good: never used again for other code */
  readonly site: number;
  /** Elixir's or Erlang's name, `f/1`'s name without arity; a closure has its function's */
  readonly function: string;
  readonly arity: number;
  readonly kind: SiteKind;
  /** position of the clause among its siblings, from 0; else null */
  readonly clause: number | null;
  /** of an `fn_clause`: which of its function's closures it belongs to, from 0, and that one's arity; else null */
  readonly closure: { readonly index: number; readonly arity: number } | null;
  /** as the compiler saw it; macros may bring another file than the module's */
  readonly file: string;
  readonly line: number;
  /** from 1, in code points; null: known to the line only */
  readonly column: number | null;
  /** made by a macro, so nobody wrote it there */
  readonly generated: boolean;
  /** of ENTER: names of whole arguments in order (null: a pattern), then of Variables; else of Values */
  readonly names: readonly (string | null)[];
  /** of a call: what it calls, `Shop.Cart.add/3`; null: known only when it runs */
  readonly target: string | null;
  /** static node (`ast_nodes.node_id`) and its content hash; null: not found in the source */
  readonly nodeId: string | null;
  readonly hash: string | null;
};

/** All sites of one version of one module, as it was instrumented. */
export type SiteManifest = {
  /** as Elixir prints it: `Shop.Cart`, `:lists` */
  readonly module: string;
  /** of the code before it was instrumented, hexadecimal */
  readonly md5: string;
  /** source file as the compiler names it; null: none */
  readonly file: string | null;
  readonly sites: readonly Site[];
};
