// Cognitive complexity: how hard a function is to follow. After "Cognitive Complexity: a new way of
// measuring understandability" (G. Ann Campbell, SonarSource), with these rules for Elixir:
//
//   + 1 + depth   if, unless, case, cond, with, receive, for; `rescue` and `catch`; a `fn` with
//                 several clauses (it is a `case`)
//   + 1           `else`; every further clause of a `cond`; every run of like operators (`and` with
//                 `&&`, `or` with `||`); recursion, once per function
//   depth + 1     in the blocks of all these, in `try` and in closures
//   nothing       pipes, and clauses of the function: each is read on its own

import { isCall, keyword, type CallNode, type Node } from "@elixirscope/syntax";
import { children } from "@elixirscope/syntax";
import type { FunctionSyntax, ModuleSyntax } from "../module/module-syntax.ts";
import { sectionsOf } from "./clause-parts.ts";
import { CONTROL, isClosure } from "./roles.ts";

export type CognitiveComplexity = {
  readonly complexity: number;
  /** the deepest construct or closure; 0 for straight code */
  readonly nesting: number;
};

type Visit = {
  readonly node: Node;
  readonly depth: number;
  /** the operator that the node is an operand of */
  readonly within: BooleanOperator | null;
};

type BooleanOperator = "and" | "or";

export function cognitiveComplexity(fn: FunctionSyntax, module: ModuleSyntax): CognitiveComplexity {
  const counter = new Counter(fn, module);
  for (const clause of fn.clauses) {
    if (clause.guard !== null) counter.count(clause.guard, 0);
    if (clause.body !== null) counter.count(clause.body, 0);
    for (const { name, node } of sectionsOf(clause)) counter.countSection(name, node, 0);
  }
  const { complexity, nesting, recursive } = counter;
  return { complexity: complexity + (recursive ? 1 : 0), nesting };
}

class Counter {
  complexity = 0;
  nesting = 0;
  recursive = false;
  readonly #fn: FunctionSyntax;
  readonly #module: ModuleSyntax;
  readonly #stack: Visit[] = [];

  constructor(fn: FunctionSyntax, module: ModuleSyntax) {
    this.#fn = fn;
    this.#module = module;
  }

  count(node: Node, depth: number): void {
    this.#push(node, depth);
    for (let visit = this.#stack.pop(); visit !== undefined; visit = this.#stack.pop()) {
      this.#visit(visit);
    }
  }

  countSection(name: string, node: Node, depth: number): void {
    this.#addSection(name, depth);
    this.count(node, depth + 1);
  }

  #push(node: Node, depth: number, within: BooleanOperator | null = null): void {
    this.#stack.push({ node, depth, within });
  }

  #visit({ node, depth, within }: Visit): void {
    if (node.kind !== "call") return this.#pushAll(children(node), depth);
    const operator = booleanOperator(node);
    if (operator !== null) return this.#visitOperator(node, operator, depth, within);
    if (isClosure(node)) return this.#visitClosure(node, depth);
    if (isConstruct(node)) return this.#visitConstruct(node, depth);
    this.recursive ||= this.#module.names.targetOf(node)?.target === this.#fn.data.key;
    this.#pushAll(children(node), depth);
  }

  #pushAll(nodes: readonly Node[], depth: number): void {
    for (const node of nodes) this.#push(node, depth);
  }

  #visitOperator(
    node: CallNode,
    operator: BooleanOperator,
    depth: number,
    within: BooleanOperator | null,
  ): void {
    if (operator !== within) this.complexity += 1;
    for (const operand of node.args) this.#push(operand, depth, operator);
  }

  #visitClosure(node: CallNode, depth: number): void {
    if (isCall(node, "fn") && node.args.length > 1) this.complexity += 1 + depth;
    this.#deepen(depth + 1);
    this.#pushAll(node.args, depth + 1);
  }

  #visitConstruct(node: CallNode, depth: number): void {
    if (node.callee !== "try") this.complexity += 1 + depth;
    this.#deepen(depth + 1);
    const blocks = node.args.at(-1);
    this.#pushAll(node.args.slice(0, -1), depth);
    if (blocks?.kind !== "list") return;
    for (const entry of blocks.items) {
      if (entry.kind !== "pair" || entry.left.kind !== "atom") continue;
      const { name } = entry.left;
      if (name === "do") this.complexity += furtherConditions(node, entry.right);
      else this.#addSection(name, depth);
      this.#push(entry.right, depth + 1);
    }
  }

  #addSection(name: string, depth: number): void {
    if (name === "else") this.complexity += 1;
    if (name === "rescue" || name === "catch") this.complexity += 1 + depth;
    this.#deepen(depth + 1);
  }

  #deepen(depth: number): void {
    this.nesting = Math.max(this.nesting, depth);
  }
}

function booleanOperator(node: CallNode): BooleanOperator | null {
  if (node.args.length !== 2) return null;
  if (node.callee === "and" || node.callee === "&&") return "and";
  return node.callee === "or" || node.callee === "||" ? "or" : null;
}

function isConstruct(node: CallNode): boolean {
  if (typeof node.callee !== "string" || !CONTROL.has(node.callee)) return false;
  return (
    keyword(node.args.at(-1), "do") !== undefined ||
    keyword(node.args.at(-1), "after") !== undefined
  );
}

/** A `cond` is a chain of `else if`: each condition but the first counts. */
function furtherConditions(node: CallNode, body: Node): number {
  return node.callee === "cond" && body.kind === "list" ? Math.max(0, body.items.length - 1) : 0;
}
