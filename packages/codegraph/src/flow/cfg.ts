// The control-flow graph of one function over all its clauses. Plain data; nodes are indexes.
//
// Evaluation order is Elixir's: clause patterns, guard, body; inside an expression its parts first, then
// itself. What does nothing but hold its parts has no node, unless its value is a step (a statement, the
// end of a branch). Each closure (`fn`, `&`) is a child graph, kept beside the node that makes it.

import type { NodeId } from "@elixirscope/syntax";
import type { FunctionKey, SourceRange } from "../module/module-data.ts";

export type CfgNodeKind =
  /** where the function begins; its arguments are bound */
  | "entry"
  /** it returned */
  | "exit"
  /** it raised, threw or exited and nothing caught it */
  | "error_exit"
  /** the patterns of a clause, of `=`, of a generator: branches on match */
  | "pattern"
  /** a guard, or one operand of and/or/when in it */
  | "guard"
  /** a call or operator that may raise; what is done with a value, such as collecting it, has no length */
  | "call"
  /** any other expression: literals, variables, containers */
  | "expression"
  /** the test of if/unless/cond, or one operand of &&, ||, and, or in it; a filter */
  | "branch"
  /** where a construct begins (cond, with, try, receive, for), or its value is there (case); `rescue`,
      `catch` and each copy of an `after`; a macro that is not known */
  | "dispatch"
  /** `receive` waits here; a message that no clause takes leads back to it */
  | "suspend"
  /** where branches meet again; carries the construct's value */
  | "join"
  /** a generator takes its next element */
  | "generator"
  /** a `fn` or `&` is made here; see `closures` */
  | "closure"
  /** nothing matched: FunctionClauseError, MatchError …, or what a `try` raises again */
  | "no_match";

export type CfgEdgeKind =
  | "next"
  /** of a branch or an operand of a guard */
  | "true"
  | "false"
  /** of a pattern */
  | "match"
  | "no_match"
  /** of a guard that is false or raises: to the next clause, alternative or error */
  | "guard_fail"
  /** to the handler around it: `rescue`, `catch`, an `after`, or `error_exit` */
  | "exception"
  | "timeout"
  | "message"
  /** back for the next element or message, or for another round of what is not known */
  | "loop"
  /** back without a value: no match, filtered out, seen before */
  | "skip"
  /** a generator has no more: to the generator around it or out */
  | "done"
  /** into an `after` block and out of it, one copy for the way on and one for the way out */
  | "after"
  /** to the entry of a child graph, for those who draw graphs in one: never in `edges` */
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
