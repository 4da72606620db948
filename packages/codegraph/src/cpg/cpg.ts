// The code property graph: one graph of what code is, how it runs, where its values go and who it talks to.
//
// After Yamaguchi et al., "Modeling and Discovering Vulnerabilities with Code Property Graphs" (2014),
// with Elixir's own edges added. Plain data; nodes are indexes, and their ids are the same in every
// graph of a project, so that graphs of functions can be put together by id.

import { Digraph } from "@elixirscope/base";
import type { FunctionKey } from "../module/module-data.ts";

export type CpgNodeKind =
  | "file"
  | "module"
  | "function"
  /** the `def …` call of a clause: the root of its tree */
  | "clause"
  /** a node of the tree */
  | "ast"
  /** a place of the control flow that is no expression: entry, exits, dispatch, join, copies of `after` */
  | "flow"
  /** a value that no expression stands for: φ, whole arguments, what a closure sees */
  | "definition"
  | "process";

/**
 * - `AST`: parent to child, `index` its position
 * - `CFG`: what runs next; `label` the kind of step
 * - `CDG`: the branch to what runs only if it goes that way; `label` the step taken
 * - `REACHING_DEF`: a value to the value made of it, or to the place where its name is read
 * - `REF`: a name that is read to the pattern that binds it
 * - `CALL`: a call to the function; of a call through a protocol also to implementations
 * - `ARGUMENT`: a call to its arguments, with what a pipe passes; `index` the position
 * - `CONTAINS`: file to module to function to clause
 * - `MESSAGE`: a send to the clause that can take the message; `label` is the confidence
 * - `SUPERVISES`: where a supervisor's children are listed to each child
 * - `CAPTURES`: a closure to the bindings outside that it uses
 * - `EXPANDS_TO`: `|>` to the call that it becomes, a macro's call to the macro, `use M` to `M.__using__/1`;
 *   no macro is expanded, so what it turns into is not in the graph
 */
export type CpgEdgeKind =
  | "AST"
  | "CFG"
  | "CDG"
  | "REACHING_DEF"
  | "REF"
  | "CALL"
  | "ARGUMENT"
  | "CONTAINS"
  | "MESSAGE"
  | "SUPERVISES"
  | "CAPTURES"
  | "EXPANDS_TO";

export type CpgNode = {
  /** a node id of the syntax, a function's key, a module's name, or `key#cfg3`, `key#def7` */
  readonly id: string;
  readonly kind: CpgNodeKind;
  /** `call`, `variable`, … of the tree; the kind of a flow node or definition */
  readonly type: string;
  /** the text, shortened */
  readonly label: string;
  readonly function: FunctionKey | null;
  /** 0 where there is no place in the text */
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
};

export type CpgEdge = {
  readonly from: number;
  readonly to: number;
  readonly kind: CpgEdgeKind;
  readonly label: string | null;
  /** position of a child or an argument, -1 for other edges */
  readonly index: number;
};

export type Cpg = { readonly nodes: readonly CpgNode[]; readonly edges: readonly CpgEdge[] };

/** The graph over some kinds of edges; its edges are numbered anew, `edges` says which they are. */
export function cpgDigraph(
  cpg: Cpg,
  kinds: readonly CpgEdgeKind[],
): { readonly graph: Digraph; readonly edges: readonly CpgEdge[] } {
  const edges = cpg.edges.filter((edge) => kinds.includes(edge.kind));
  const graph = new Digraph(
    cpg.nodes.length,
    edges.map((edge) => edge.from),
    edges.map((edge) => edge.to),
  );
  return { graph, edges };
}
