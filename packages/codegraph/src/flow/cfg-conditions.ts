// Tests: a condition made of &&, ||, and, or, not and ! is a branch for each operand, so that no path
// takes an operator's value apart again. `and`, `or` and `not` raise for what is no boolean.

import { pushAll } from "@elixirscope/base";
import type { CallNode, Node } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import type { Construct, FlowBuilder, Open, Step } from "./cfg-builder.ts";
import { pattern, patternAndGuard } from "./cfg-clauses.ts";
import { guard } from "./cfg-guards.ts";
import { isBoolean, literalTruth } from "./cfg-totals.ts";
import { isKernel } from "./cfg-names.ts";

export type Outcome = { readonly whenTrue: Open[]; readonly whenFalse: Open[] };

/** The error of a value that is no boolean; null where any value will do. */
type Strictness = "BadBooleanError" | "ArgumentError" | null;

export function outcome(): Outcome {
  return { whenTrue: [], whenFalse: [] };
}

/** Places the test of `node`; no edge stays open but those of `result`. */
export function* condition(
  b: FlowBuilder,
  node: Node,
  result: Outcome,
  strict: Strictness = null,
): Step {
  const operator = operatorOf(b, node);
  const { whenTrue, whenFalse } = result;
  if (operator === null) {
    yield b.visit(node);
    branch(b, node, result, strict);
    return;
  }
  const { name, left, right } = operator;
  if (right === null) {
    const inner = name === "not" ? "ArgumentError" : null;
    yield condition(b, left, { whenTrue: whenFalse, whenFalse: whenTrue }, inner);
  } else if (name === "match?") {
    yield b.visit(right);
    yield match(b, left, result);
  } else {
    const decided = name === "and" || name === "&&" ? whenFalse : whenTrue;
    const undecided: Open[] = [];
    const first =
      decided === whenFalse
        ? { whenTrue: undecided, whenFalse }
        : { whenTrue, whenFalse: undecided };
    const inner = name === "and" || name === "or" ? "BadBooleanError" : strict;
    yield condition(b, left, first, inner);
    b.open = undecided;
    yield condition(b, right, result, strict);
  }
}

/** `a && b` where its value is wanted. */
export function shortCircuit(name: "&&" | "||" | "and" | "or"): Construct {
  const conjunction = name === "and" || name === "&&";
  const strict = name === "and" || name === "or" ? "BadBooleanError" : null;
  return function* (b, node, [left, right]) {
    if (left === undefined || right === undefined) return;
    const result = outcome();
    yield condition(b, left, result, strict);
    b.open = conjunction ? result.whenTrue : result.whenFalse;
    yield b.statement(right);
    b.open = [...b.open, ...(conjunction ? result.whenFalse : result.whenTrue)];
    b.join(node, name);
  };
}

/** `match?(pattern, value)` where its value is wanted. */
export function* matchValue(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [left, right] = args;
  if (left === undefined || right === undefined) return;
  const result = outcome();
  yield b.visit(right);
  yield match(b, left, result);
  b.open = [...result.whenTrue, ...result.whenFalse];
  b.join(node, "match?");
}

function* match(b: FlowBuilder, left: Node, { whenTrue, whenFalse }: Outcome): Step {
  const { patterns, guard: test } = patternAndGuard(left);
  pattern(b, left, patterns, whenFalse);
  if (test !== null) yield guard(b, test, whenFalse);
  pushAll(whenTrue, b.open);
  b.open = [];
}

function branch(b: FlowBuilder, node: Node, result: Outcome, strict: Strictness): void {
  const at = b.place("branch", node);
  const truth = literalTruth(node);
  if (truth !== false) result.whenTrue.push({ from: at, kind: "true" });
  if (truth !== true) result.whenFalse.push({ from: at, kind: "false" });
  if (strict !== null && !isBoolean(node)) b.raise(at, strict);
  b.open = [];
}

type Operator = { readonly name: string; readonly left: Node; readonly right: Node | null };

function operatorOf(b: FlowBuilder, node: Node): Operator | null {
  if (node.kind !== "call" || typeof node.callee !== "string" || !isKernel(b, node)) return null;
  const [left, right] = node.args;
  if (left === undefined) return null;
  if (right === undefined)
    return isNegation(node) ? { name: node.callee, left, right: null } : null;
  const binary = ["&&", "||", "and", "or", "match?"].includes(node.callee);
  return binary && node.args.length === 2 ? { name: node.callee, left, right } : null;
}

function isNegation(node: CallNode): boolean {
  return isCall(node, "!", 1) || isCall(node, "not", 1);
}
