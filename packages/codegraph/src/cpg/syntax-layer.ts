// The tree of a function's clauses, with arguments and pipes.

import { children, isCall, type Node, type NodeIds } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import type { CpgBuilder } from "./cpg-builder.ts";

export type CpgScope = {
  readonly fun: FunctionSyntax;
  readonly module: ModuleSyntax;
  readonly ids: NodeIds;
  readonly builder: CpgBuilder;
};

/** CONTAINS, AST, ARGUMENT and the EXPANDS_TO of pipes. */
export function addSyntax(scope: CpgScope): void {
  const { fun, builder } = scope;
  const owner = builder.function(fun.data.key);
  builder.edge("CONTAINS", builder.module(fun.data.module), owner);
  for (const clause of fun.clauses) {
    builder.edge("CONTAINS", owner, addTree(clause, scope));
  }
}

type Work = { readonly node: Node; readonly parent: number; readonly index: number };

function addTree(clause: ClauseSyntax, scope: CpgScope): number {
  const { builder } = scope;
  const root = astNode(clause.node, "clause", scope);
  const stack: Work[] = [];
  // calls that a pipe passes a value to: the pipe comes before them
  const piped = new Set<Node>();
  const pushChildren = (node: Node, parent: number): void => {
    const below = children(node);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) stack.push({ node: child, parent, index: i });
    }
  };
  pushChildren(clause.node, root);
  for (let work = stack.pop(); work !== undefined; work = stack.pop()) {
    const { node, parent } = work;
    const index = astNode(node, "ast", scope);
    builder.edge("AST", parent, index, null, work.index);
    pushChildren(node, index);
    if (node.kind === "call") addArguments(node, index, piped, scope);
  }
  return root;
}

function addArguments(
  node: Node & { kind: "call" },
  call: number,
  piped: Set<Node>,
  scope: CpgScope,
): void {
  const { builder, module } = scope;
  const argument = (to: Node | undefined, of: number, at: number): void => {
    if (to !== undefined) builder.edge("ARGUMENT", of, astNode(to, "ast", scope), null, at);
  };
  if (!isCall(node, "|>", 2)) {
    // `.`, `{}`, `fn` and other forms are calls in the tree alone
    if (module.names.targetOf(node) === null) return;
    const shift = piped.has(node) ? 1 : 0;
    node.args.forEach((arg, at) => argument(arg, call, at + shift));
    return;
  }
  const [left, right] = node.args;
  if (right?.kind !== "call") return;
  piped.add(right);
  const target = astNode(right, "ast", scope);
  builder.edge("EXPANDS_TO", call, target);
  argument(left, target, 0);
}

function astNode(node: Node, kind: "ast" | "clause", scope: CpgScope): number {
  const { builder, ids, fun, module } = scope;
  const key = fun.data.key;
  const { line, column } = module.source.positionAt(Math.max(0, node.start));
  return builder.node({
    id: ids.idOf(node) ?? `${key}#at${node.start}-${node.end}`,
    kind,
    type: node.kind,
    label: labelOf(node, module),
    function: key,
    line,
    column,
    start: node.start,
    end: node.end,
  });
}

const labelBound = 60;

function labelOf(node: Node, { source }: ModuleSyntax): string {
  const text = source.text.slice(node.start, Math.min(node.end, node.start + 4 * labelBound));
  const line = text.replace(/\s+/g, " ");
  return line.length > labelBound ? `${line.slice(0, labelBound - 1)}…` : line;
}
