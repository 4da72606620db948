// ABC: assignments, branches (calls) and conditions; after Jerry Fitzpatrick, "Applying the ABC metric
// to C, C++ and Java" (1997), with Elixir's words:
//
//   A   `=` and `<-`
//   B   calls of functions and macros, closures called, named captures; no operators, no constructs
//   C   comparisons, boolean operators, conditions of if/unless/cond, `else`, and each clause of
//       case, receive, rescue, catch, `else` and of a `fn` that has several

import { pushAll } from "@elixirscope/base";
import { children, isCall, type CallNode, type Node } from "@elixirscope/syntax";
import type { FunctionSyntax } from "../module/module-syntax.ts";
import { codeOf, sectionsOf } from "./clause-parts.ts";
import type { FunctionMetrics } from "./function-metrics.ts";
import { isNamedCapture, roleOf } from "./roles.ts";

type Abc = FunctionMetrics["abc"];

/** `size` is the length of the vector (A, B, C), to two decimals. */
export function abc(fn: FunctionSyntax): Abc {
  const counts = { assignments: 0, branches: 0, conditions: 0 };
  for (const clause of fn.clauses) {
    for (const { name, node } of sectionsOf(clause))
      counts.conditions += sectionConditions(name, node);
    for (const root of codeOf(clause)) countIn(root, counts);
  }
  const { assignments, branches, conditions } = counts;
  const size = Math.hypot(assignments, branches, conditions);
  return { assignments, branches, conditions, size: Math.round(size * 100) / 100 };
}

type Counts = { assignments: number; branches: number; conditions: number };

function countIn(root: Node, counts: Counts): void {
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    countNode(node, counts);
    if (isNamedCapture(node)) continue;
    pushAll(stack, children(node));
  }
}

function countNode(node: Node, counts: Counts): void {
  const role = roleOf(node);
  if (role === "binding") counts.assignments += 1;
  else if (role === "call" || isNamedCapture(node)) counts.branches += 1;
  else if (role === "comparison" || role === "boolean") counts.conditions += 1;
  else if (role === "control" && node.kind === "call") counts.conditions += conditionsOf(node);
  else if (isCall(node, "fn") && node.args.length > 1) counts.conditions += node.args.length;
}

function conditionsOf(node: CallNode): number {
  const blocks = node.args.at(-1);
  const own = node.callee === "if" || node.callee === "unless" ? 1 : 0;
  if (blocks?.kind !== "list") return own;
  let conditions = own;
  for (const entry of blocks.items) {
    if (entry.kind === "pair" && entry.left.kind === "atom") {
      conditions += sectionConditions(entry.left.name, entry.right);
    }
  }
  return conditions;
}

function sectionConditions(name: string, node: Node): number {
  const clauses = clauseCount(node);
  return name === "else" && clauses === 0 ? 1 : clauses;
}

function clauseCount(node: Node): number {
  return node.kind === "list" ? node.items.filter((item) => isCall(item, "->")).length : 0;
}
