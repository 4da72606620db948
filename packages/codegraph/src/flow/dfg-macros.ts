// Macros: the known ones that bind or copy, and any unknown one with a block, whose block may or may not
// run and may or may not share its names with what follows.

import { pushAll } from "@elixirscope/base";
import { isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { clausesOf, evaluateClauses, oneSubject } from "./dfg-clauses.ts";
import { isAccess, localCall } from "./dfg-calls.ts";
import { evaluateAll } from "./dfg-constructs.ts";
import { guardUses } from "./dfg-guards.ts";
import { bindPattern, bindPatterns } from "./dfg-patterns.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { emptyJoin, nodeOf, type DfgWalker, type Given, type Operand } from "./dfg-walker.ts";

type Operands = readonly Operand[];

/** `match?(pattern, value)`: the pattern's names stay inside. */
export function* matches(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const [pattern, tested] = operands.map(nodeOf);
  if (pattern === undefined || tested === undefined) return walker.called(node);
  const value = walker.leaf(tested) ?? (yield walker.steps(tested));
  const leave = walker.enter(pattern);
  const [inner = pattern, guard] = isCall(pattern, "when") ? pattern.args : [pattern];
  const matched = bindPattern(walker, inner, { value, node: tested });
  const result = walker.called(node);
  walker.draft.flow("operand", value, result, tested, null, 1);
  for (const given of matched.conditions) {
    walker.draft.flow("condition", given.value, result, given.node);
  }
  if (guard !== undefined) guardUses(walker, guard);
  leave();
  return result;
}

/** `destructure(pattern, value)`, which binds what follows. */
export function* destructure(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const [pattern, right] = operands.map(nodeOf);
  if (pattern === undefined || right === undefined) return walker.called(node);
  const mark = walker.bindings.mark();
  const value = walker.leaf(right) ?? (yield walker.steps(right));
  const from = { value: walker.literal(value, right), node: right };
  bindPatterns(walker, [{ pattern, from }], mark);
  return from.value;
}

/** `assert_receive pattern`: takes a message and binds what follows. */
export function* assertReceive(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const [pattern, ...rest] = operands.map(nodeOf);
  if (pattern === undefined) return walker.called(node);
  yield* evaluateAll(walker, rest, []);
  const message = walker.draft.define("message", null, node);
  walker.received.push(message);
  const [inner = pattern, guard] = isCall(pattern, "when") ? pattern.args : [pattern];
  bindPattern(walker, inner, { value: message, node });
  if (guard !== undefined) guardUses(walker, guard);
  return message;
}

/** `assert left == right`: unlike in the operator, the right side sees what the left one binds. */
export function* assertion(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const [tested, ...rest] = operands;
  const comparison = tested?.kind === "call" && tested.args.length === 2 ? tested : null;
  if (comparison === null || !COMPARISONS.has(comparison.callee)) {
    return yield* localCall(walker, node, operands);
  }
  const values: number[] = [];
  for (const side of comparison.args) {
    values.push(walker.leaf(side) ?? (yield walker.steps(side)));
  }
  const compared = walker.called(comparison);
  comparison.args.forEach((side, i) => {
    walker.draft.flow("operand", values[i] ?? CONSTANT, compared, side, null, i);
  });
  yield* evaluateAll(walker, rest, []);
  const result = walker.called(node);
  walker.draft.flow("argument", compared, result, comparison, null, 0);
  return result;
}

const COMPARISONS: ReadonlySet<string | Node> = new Set([
  "==",
  "!=",
  "===",
  "!==",
  "<",
  ">",
  "<=",
  ">=",
  "=~",
]);

/** `tap` and `dbg` give back what they were given; `dbg()` shows all names. */
export function* passedOn(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  if (operands.length === 0) return binding(walker, node);
  const result = yield* localCall(walker, node, operands);
  copyFirst(walker, result, operands);
  return result;
}

/** `put_in(user.address.city, x)`: the result is the whole `user`, changed. */
export function* updatedPath(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const result = yield* localCall(walker, node, operands);
  const [first] = operands;
  if (first === undefined) return result;
  let root = nodeOf(first);
  for (let below = container(root); below !== undefined; below = container(root)) root = below;
  if (root.kind !== "variable") return result;
  const whole = walker.find(root.name);
  if (whole !== undefined) walker.draft.flow("copy", whole, result, root);
  return result;
}

/** What `a.b` and `a[b]` look into. */
function container(node: Node): Node | undefined {
  if (node.kind !== "call" || typeof node.callee === "string") return undefined;
  if (isAccess(node)) return node.args[0];
  return isCall(node.callee, ".", 2) && node.args.length === 0 ? node.callee.args[0] : undefined;
}

function copyFirst(walker: DfgWalker, result: number, operands: Operands): void {
  const [first] = operands;
  if (first === undefined) return;
  const flow = walker.draft.flows.findLast(({ to, index }) => to === result && index === 0);
  if (flow !== undefined) walker.draft.flow("copy", flow.from, result, nodeOf(first));
}

/** `binding()`: all names that are visible. */
export function binding(walker: DfgWalker, node: CallNode): number {
  const result = walker.called(node);
  for (const [name] of walker.bindings.visible()) {
    const value = walker.find(name);
    if (value === undefined) continue;
    walker.draft.use(value, node);
    walker.draft.flow("construct", value, result, node, `.${name}`);
  }
  return result;
}

/** An unknown macro with a block. */
export function* macroBlock(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const mark = walker.bindings.mark();
  const args = operands.slice(0, -1);
  const values: number[] = [];
  const { bindUnknown } = walker;
  walker.bindUnknown = true;
  yield* evaluateAll(walker, args, values);
  walker.bindUnknown = bindUnknown;
  const given = args
    .map((operand, i): Given => ({ value: values[i] ?? CONSTANT, node: nodeOf(operand) }))
    .filter(({ value }) => value !== CONSTANT);
  const blockValues: Given[] = [];
  yield* blocksOf(walker, node, operands.at(-1), given, blockValues);
  const result = walker.called(node);
  given.forEach(({ value, node: at }, i) => {
    walker.draft.flow("argument", value, result, at, null, i);
  });
  for (const { value, node: at } of blockValues) {
    walker.draft.flow("argument", value, result, at, null, args.length);
  }
  mergeNames(walker, node, mark);
  return result;
}

function* blocksOf(
  walker: DfgWalker,
  node: CallNode,
  last: Operand | undefined,
  given: readonly Given[],
  values: Given[],
): Steps {
  const list = last === undefined ? undefined : nodeOf(last);
  for (const item of list?.kind === "list" ? list.items : []) {
    if (item.kind !== "pair") continue;
    const block = item.right;
    const clauses = clausesOf(block);
    if (clauses.length > 0) {
      const join = emptyJoin();
      const subject = { value: subjectOf(walker, node, given), node };
      yield* evaluateClauses(walker, clauses, oneSubject(walker, subject), join);
      pushAll(values, join.values);
    } else {
      const value = walker.leaf(block) ?? (yield walker.steps(block));
      values.push({ value, node: block });
    }
  }
  return CONSTANT;
}

function subjectOf(walker: DfgWalker, node: Node, given: readonly Given[]): number {
  const [only] = given;
  if (given.length === 1 && only !== undefined) return only.value;
  return walker.join({ values: [...given], conditions: [] }, node);
}

/** A name that the block bound means either what it meant before or what the block gave it. */
function mergeNames(walker: DfgWalker, node: Node, mark: number): void {
  for (const [name, inner] of walker.bindings.take(mark)) {
    const outer = walker.find(name);
    if (outer === undefined) {
      walker.bindings.set(name, inner);
      continue;
    }
    const merged = walker.draft.define("phi", name, node);
    walker.draft.flow("phi", outer, merged, node);
    walker.draft.flow("phi", inner, merged, node);
    walker.bindings.set(name, merged);
  }
}
