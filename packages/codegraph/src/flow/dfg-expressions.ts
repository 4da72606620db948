// Which rule evaluates which expression.

import type { CallNode, Node } from "@elixirscope/syntax";
import { caseOf, cond, conditional, shortCircuit, withOf } from "./dfg-branches.ts";
import { localCall, operator, pipe, remote } from "./dfg-calls.ts";
import { capture, fn } from "./dfg-closures.ts";
import { comprehension } from "./dfg-comprehension.ts";
import {
  binary,
  concatenation,
  construct,
  listParts,
  map,
  range,
  struct,
  tuple,
} from "./dfg-constructs.ts";
import {
  assertion,
  assertReceive,
  binding,
  destructure,
  macroBlock,
  matches,
  passedOn,
  updatedPath,
} from "./dfg-macros.ts";
import { bindPatterns } from "./dfg-patterns.ts";
import { definition, quote } from "./dfg-quote.ts";
import { sigil } from "./dfg-sigils.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { receive, tryOf } from "./dfg-try.ts";
import { nodeOf, type DfgWalker, type Operand } from "./dfg-walker.ts";

type Rule = (walker: DfgWalker, node: CallNode, operands: readonly Operand[]) => Steps | number;

/** The steps of an expression that is no leaf; `operands` stand for its arguments when piped into. */
export function expression(
  walker: DfgWalker,
  node: Node,
  operands?: readonly Operand[],
): Steps | number {
  walker.draft.passing(node, "value");
  if (node.kind === "call") return call(walker, node, operands ?? node.args);
  if (node.kind === "list") return construct(walker, node, listParts(node.items));
  if (node.kind === "pair") return tuple(walker, node, [node.left, node.right]);
  if (node.kind !== "broken") return CONSTANT;
  const parts = node.children.map((operand) => ({ operand, path: "…" }));
  return construct(walker, node, parts);
}

function call(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps | number {
  if (typeof node.callee !== "string") {
    if (walker.names.targetOf(node)?.target === "IEx.pry/0") return binding(walker, node);
    return node.meta?.do === undefined
      ? remote(walker, node, operands)
      : macroBlock(walker, node, operands);
  }
  const rule = RULES.get(node.callee);
  if (rule !== undefined && !isOwn(walker, node)) return rule(walker, node, operands);
  if (node.callee.startsWith("sigil_")) return sigil(walker, node, operands);
  if (node.meta?.do !== undefined) return macroBlock(walker, node, operands);
  return isOperator(node.callee)
    ? operator(walker, node, operands)
    : localCall(walker, node, operands);
}

/** A function of the module that is named like a macro. */
function isOwn(walker: DfgWalker, node: CallNode): boolean {
  const site = walker.names.siteOf(node);
  return site?.resolution === "exact" && (site.kind === "call" || site.kind === "macro");
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["=", match],
  ["__block__", block],
  ["case", caseOf],
  ["cond", cond],
  ["if", conditional],
  ["unless", conditional],
  ["with", withOf],
  ["for", comprehension],
  ["try", tryOf],
  ["receive", receive],
  ["fn", fn],
  ["&", capture],
  ["quote", quote],
  ["|>", (walker, node) => pipe(walker, node, expression)],
  ["&&", shortCircuit],
  ["||", shortCircuit],
  ["and", shortCircuit],
  ["or", shortCircuit],
  ["{}", tuple],
  ["%{}", map],
  ["%", struct],
  ["<<>>", binary],
  ["<>", concatenation],
  ["..", range],
  ["..//", range],
  ["@", attribute],
  ["__aliases__", aliases],
  ["^", inner],
  ["::", inner],
  ["var!", inner],
  ["match?", matches],
  ["destructure", destructure],
  ["assert_receive", assertReceive],
  ["assert_received", assertReceive],
  ["assert", assertion],
  ["refute", assertion],
  ["tap", passedOn],
  ["dbg", passedOn],
  ["binding", binding],
  ["put_in", updatedPath],
  ["update_in", updatedPath],
  ["pop_in", updatedPath],
  ["get_and_update_in", updatedPath],
  ["alias", directive],
  ["import", directive],
  ["require", directive],
  ["use", directive],
  ["def", definition],
  ["defp", definition],
  ["defmacro", definition],
  ["defmacrop", definition],
]);

/** `alias`, `import`, `require`, `use`; with more arguments a function of that name. */
function directive(
  walker: DfgWalker,
  node: CallNode,
  operands: readonly Operand[],
): Steps | number {
  return operands.length > 2 ? localCall(walker, node, operands) : CONSTANT;
}

function* block(walker: DfgWalker, node: CallNode): Steps {
  let value = CONSTANT;
  for (const part of node.args) value = walker.leaf(part) ?? (yield walker.steps(part));
  return value;
}

/** `pattern = value`: the value of the whole is the right side, unless something was compared. */
function* match(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const [left, right] = operands;
  if (left === undefined || right === undefined) return walker.called(node);
  const mark = walker.bindings.mark();
  const value = walker.leaf(right) ?? (yield walker.steps(nodeOf(right)));
  const given = { value: walker.literal(value, nodeOf(right)), node: nodeOf(right) };
  const matched = bindPatterns(walker, [{ pattern: nodeOf(left), from: given }], mark);
  if (matched.refutable) walker.raised?.push(given);
  if (matched.conditions.length === 0) return given.value;
  const result = walker.draft.define("value", null, node);
  walker.draft.flow("copy", given.value, result, given.node);
  for (const condition of matched.conditions) {
    walker.draft.flow("condition", condition.value, result, condition.node);
  }
  return result;
}

/** `@limit`, read; or set, in a module inside the function. */
function attribute(
  walker: DfgWalker,
  node: CallNode,
  operands: readonly Operand[],
): Steps | number {
  const [name] = operands;
  if (name?.kind === "variable") return walker.draft.define("value", `@${name.name}`, node);
  if (name?.kind !== "call" || TYPES.has(name.callee)) return CONSTANT;
  return localCall(walker, node, name.args);
}

/** `Shop.Cart` is constant, `module.Cart` is not. */
function* aliases(walker: DfgWalker, node: CallNode): Steps {
  const [first] = node.args;
  if (first === undefined || first.kind === "atom") return CONSTANT;
  return walker.leaf(first) ?? (yield walker.steps(first));
}

/** Attributes whose value is no expression. */
const TYPES: ReadonlySet<string | Node> = new Set([
  "callback",
  "macrocallback",
  "opaque",
  "spec",
  "type",
  "typep",
]);

/** What stands for its first operand: `^x` in a query, `x :: type`, `var!(x)`. */
function* inner(walker: DfgWalker, _node: CallNode, operands: readonly Operand[]): Steps {
  const [first] = operands;
  if (first === undefined) return CONSTANT;
  return walker.leaf(first) ?? (yield walker.steps(nodeOf(first)));
}

/** Not a name: `+`, `<<<`, `in`, `not`, `when`. */
function isOperator(name: string): boolean {
  return WORDS.has(name) || !/^[\p{L}_]/u.test(name);
}

const WORDS: ReadonlySet<string> = new Set(["in", "not", "when"]);
