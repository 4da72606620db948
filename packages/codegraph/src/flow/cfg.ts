// The control-flow graph of one function over all its clauses. Plain data; nodes are indexes.
//
// Evaluation order is Elixir's: clause patterns, guard, body; inside an expression its parts from left
// to right. Each closure (`fn`, `&`) is a child graph, entered by a `closure` edge from where it is made.

import type { NodeId } from "@elixirscope/syntax";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";

export type CfgNodeKind =
  /** where the function begins; its arguments are bound */
  | "entry"
  /** it returned */
  | "exit"
  /** it raised, threw or exited and nothing caught it */
  | "error_exit"
  /** a pattern of a clause, of `=`, of a generator: branches on match */
  | "pattern"
  /** a guard, or one operand of a short-circuit inside it */
  | "guard"
  /** a call or operator that may raise */
  | "call"
  /** any other expression: literals, variables, containers */
  | "expression"
  /** the test of if/unless/cond/&&/||/and/or */
  | "branch"
  /** a construct's entry that only gives its parts a place: case, cond, with, try, receive, for */
  | "dispatch"
  /** `receive` waits here */
  | "suspend"
  /** where branches meet again; carries the construct's value */
  | "join"
  /** a generator takes its next element */
  | "generator"
  /** a `fn` or `&` is made here; see `closures` */
  | "closure"
  /** an implicit error: FunctionClauseError, CaseClauseError, MatchError … */
  | "no_match";

export type CfgEdgeKind =
  | "next"
  | "true"
  | "false"
  | "match"
  | "no_match"
  | "guard_fail"
  | "exception"
  | "timeout"
  | "message"
  | "loop"
  | "skip"
  | "done"
  /** into an `after` block and out of it, one copy for each way out */
  | "after"
  /** to the entry of a child graph: not taken when the closure is made but when it is called */
  | "closure";

export type CfgNode = {
  readonly kind: CfgNodeKind;
  readonly nodeId: NodeId | null;
  /** 0 where there is no place in the text */
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
  /** what to call it in a drawing: the text of the expression, shortened */
  readonly label: string;
  /** the function clause (or the `fn` clause, in a child graph) that it belongs to, -1 for none */
  readonly clause: number;
};

export type CfgEdge = {
  readonly from: number;
  readonly to: number;
  readonly kind: CfgEdgeKind;
  /** for `exception`: the construct's implicit error, when it is one */
  readonly error: string | null;
};

export type Cfg = {
  readonly function: FunctionKey;
  readonly range: SourceRange;
  readonly nodes: readonly CfgNode[];
  readonly edges: readonly CfgEdge[];
  readonly entry: number;
  readonly exit: number;
  readonly errorExit: number;
  /** child graphs of closures: `at` is the node that makes it */
  readonly closures: readonly { readonly at: number; readonly cfg: Cfg }[];
};
