// All calls and tuples of a function's clause, with the arguments that they really have: `x |> f(y)` is
// f(x, y). Closures are walked as part of the function that makes them.

import { children, isCall, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax } from "../module/module-syntax.ts";
import type { Values } from "./values.ts";

export type Place = {
  readonly fun: FunctionSyntax;
  readonly clause: ClauseSyntax;
  readonly clauseIndex: number;
};

export type Visited = Place & {
  readonly node: CallNode;
  /** with what a pipe passes, which comes first */
  readonly args: readonly Node[];
  /** the `Registry.dispatch` in whose function the call stands, null when in none */
  readonly dispatch: CallNode | null;
};

type Work = {
  readonly node: Node;
  readonly piped: Node | null;
  readonly dispatch: CallNode | null;
};

/** Calls `visit` for each call, inner ones after outer ones; `values` answers for the clause at hand. */
export function walkCalls(
  functions: readonly FunctionSyntax[],
  values: Values,
  visit: (call: Visited) => void,
): void {
  for (const fun of functions) {
    fun.clauses.forEach((clause, clauseIndex) => {
      values.enter(clause);
      walkClause({ fun, clause, clauseIndex }, visit);
    });
  }
}

function walkClause(place: Place, visit: (call: Visited) => void): void {
  const { clause } = place;
  const stack: Work[] = [clause.after, clause.else, clause.catch, clause.rescue, clause.body]
    .filter((node) => node !== null)
    .map((node) => ({ node, piped: null, dispatch: null }));
  for (let work = stack.pop(); work !== undefined; work = stack.pop()) {
    const { node, piped } = work;
    let { dispatch } = work;
    if (node.kind === "call" && isCall(node, "quote")) continue;
    if (node.kind === "call") {
      const args = piped === null ? node.args : [piped, ...node.args];
      visit({ ...place, node, args, dispatch });
      if (isDispatch(node)) dispatch = node;
    }
    const below = children(node);
    const isPipe = isCall(node, "|>", 2);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child === undefined) continue;
      stack.push({ node: child, piped: isPipe && i === 1 ? (below[0] ?? null) : null, dispatch });
    }
  }
}

function isDispatch(node: CallNode): boolean {
  return remoteCall(node)?.name === "dispatch";
}
