// All calls and tuples of a function's clause, with the arguments that they really have: `x |> f(y)` is
// f(x, y). Closures are walked as part of the function that makes them.

import { children, isCall, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";
import type { FunctionKey } from "../module/module-data.ts";
import type { ClauseSyntax, FunctionSyntax, Names } from "../module/module-syntax.ts";
import type { Values } from "./values.ts";

export type Place = {
  readonly fun: FunctionSyntax;
  readonly clause: ClauseSyntax;
  readonly clauseIndex: number;
};

export type Visited = Place & {
  readonly node: CallNode;
  /** what it calls, null when that is a value */
  readonly target: FunctionKey | null;
  /** with what a pipe passes, which comes first */
  readonly args: readonly Node[];
  /** the `Registry.dispatch` in whose function the call stands, null when in none */
  readonly dispatch: CallNode | null;
};

/** Calls `visit` for each call, tuple and `receive`, inner ones after outer ones; `values` answers for the clause at hand. */
export function walkCalls(
  functions: readonly FunctionSyntax[],
  values: Values,
  visit: (call: Visited) => void,
): void {
  for (const fun of functions) {
    fun.clauses.forEach((clause, clauseIndex) => {
      values.enter(clause);
      walkClause({ fun, clause, clauseIndex }, values.module.names, visit);
    });
  }
}

/** What surrounds nodes that wait: kept beside them, only where there is something. */
type Around = { readonly piped: Node | null; readonly dispatch: CallNode | null };

function walkClause(place: Place, names: Names, visit: (call: Visited) => void): void {
  const { fun, clause, clauseIndex } = place;
  const nodes: Node[] = [];
  const arounds: (Around | null)[] = [];
  const push = (node: Node | null | undefined, around: Around | null): void => {
    if (node === null || node === undefined || isLeaf(node)) return;
    nodes.push(node);
    arounds.push(around);
  };
  const parts = [clause.after, clause.else, clause.catch, clause.rescue, clause.body];
  for (const part of parts) push(part, null);
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const around = arounds.pop() ?? null;
    const dispatch = around?.dispatch ?? null;
    if (node.kind !== "call") {
      const inner = dispatch === null ? null : { piped: null, dispatch };
      const below = children(node);
      for (let i = below.length - 1; i >= 0; i -= 1) push(below[i], inner);
      continue;
    }
    if (isCall(node, "quote")) continue;
    const piped = around?.piped ?? null;
    const args = piped === null ? node.args : [piped, ...node.args];
    const target = names.targetOf(node)?.target ?? null;
    // of the forms that call nothing only these say something here
    if (target !== null || node.callee === "{}" || node.callee === "receive") {
      visit({ fun, clause, clauseIndex, node, target, args, dispatch });
    }
    const within = isDispatch(node) ? node : dispatch;
    const inner = within === null ? null : { piped: null, dispatch: within };
    const isPipe = isCall(node, "|>", 2);
    for (let i = node.args.length - 1; i >= 0; i -= 1) {
      const passes = isPipe && i === 1;
      push(node.args[i], passes ? { piped: node.args[0] ?? null, dispatch: within } : inner);
    }
    if (typeof node.callee !== "string") push(node.callee, inner);
  }
}

function isLeaf({ kind }: Node): boolean {
  return kind === "variable" || kind === "atom" || kind === "string" || kind === "integer";
}

function isDispatch(node: CallNode): boolean {
  return typeof node.callee !== "string" && remoteCall(node)?.name === "dispatch";
}
