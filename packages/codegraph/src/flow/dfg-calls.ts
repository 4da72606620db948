// Calls and operators: every operand flows to the result, whatever the function does with it. Field
// access and `a[k]` take a part; `|>` gives the first argument.

import { isCall, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";
import { evaluateAll } from "./dfg-constructs.ts";
import type { FlowKind } from "./dfg.ts";
import { keySelector } from "./dfg-paths.ts";
import { callsLast, transfersOf } from "./dfg-transfers.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { nodeOf, type DfgWalker, type Operand } from "./dfg-walker.ts";

/** A call of a local or imported function; also of an unknown macro without a block. */
export function* localCall(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const values: number[] = [];
  yield* evaluateAll(walker, operands, values);
  const result = walker.called(node);
  argumentFlows(walker, node, operands, values, result);
  return result;
}

export function* operator(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const values: number[] = [];
  yield* evaluateAll(walker, operands, values);
  const result = walker.called(node);
  operands.forEach((operand, i) => {
    walker.draft.flow("operand", values[i] ?? CONSTANT, result, nodeOf(operand), null, i);
  });
  return result;
}

function argumentFlows(
  walker: DfgWalker,
  node: CallNode,
  operands: readonly Operand[],
  values: readonly number[],
  result: number,
): void {
  const target = walker.names.targetOf(node)?.target ?? null;
  const transfers = transfersOf(target, operands);
  if (callsLast(target)) walker.draft.callbacks.set(result, operands.length - 1);
  operands.forEach((operand, i) => {
    const passed: FlowKind = operand.kind === "piped" ? "pipe" : "argument";
    for (const { kind, path } of transfers?.[i] ?? [{ kind: passed, path: null }]) {
      walker.draft.flow(kind, values[i] ?? CONSTANT, result, nodeOf(operand), path, i);
    }
  });
}

/** `Mod.f(…)`, `value.field`, `f.(…)`, `value[key]`, and a call of what another call gave. */
export function* remote(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const { callee } = node;
  if (typeof callee === "string") return CONSTANT;
  const dot = isCall(callee, ".");
  const receiver = dot ? callee.args[0] : callee;
  if (receiver === undefined) return yield* localCall(walker, node, operands);
  if (isAccess(node)) return yield* access(walker, node, operands);
  const values: number[] = [];
  yield* evaluateAll(walker, [receiver, ...operands], values);
  const name = dot ? callee.args[1] : undefined;
  const [value = CONSTANT] = values;
  if (value !== CONSTANT && name?.kind === "atom" && isField(node, operands)) {
    const field = walker.called(node);
    walker.draft.flow("component", value, field, receiver, `.${name.name}`);
    return field;
  }
  const result = walker.called(node);
  walker.draft.flow("argument", value, result, receiver, null, -1);
  argumentFlows(walker, node, operands, values.slice(1), result);
  return result;
}

function isField(node: CallNode, operands: readonly Operand[]): boolean {
  return operands.length === 0 && node.meta?.noParens === true;
}

/** `a[k]`, which is `Access.get(a, k)` with the module as an atom, never written so. */
export function isAccess(node: CallNode): boolean {
  const receiver = remoteCall(node)?.receiver;
  return receiver?.kind === "atom" && receiver.name === "Elixir.Access";
}

function* access(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const values: number[] = [];
  yield* evaluateAll(walker, operands, values);
  const [container, key] = operands.map(nodeOf);
  const result = walker.called(node);
  if (container === undefined || key === undefined) return result;
  const [from = CONSTANT, chosen = CONSTANT] = values;
  walker.draft.flow("component", from, result, container, keySelector(key));
  walker.draft.flow("operand", chosen, result, key);
  return result;
}

/** `a |> f(b) |> g(c)` is `g(f(a, b), c)`: no stage sees what another one binds. */
export function* pipe(
  walker: DfgWalker,
  node: CallNode,
  evaluate: (walker: DfgWalker, node: Node, operands: readonly Operand[]) => Steps | number,
): Steps {
  const stages: Node[] = [];
  let first: Node = node;
  while (isCall(first, "|>", 2)) {
    const [left, right]: readonly Node[] = first.args;
    if (left === undefined || right === undefined) break;
    stages.push(right);
    first = left;
  }
  const mark = walker.bindings.mark();
  const bound: ReadonlyMap<string, number>[] = [];
  let before = first;
  let value = walker.leaf(first) ?? (yield walker.steps(first));
  for (let stage = stages.pop(); stage !== undefined; stage = stages.pop()) {
    const target = unwrapped(stage);
    if (isConstruct(target)) for (const names of bound.splice(0)) walker.bindings.setAll(names);
    else bound.push(walker.bindings.take(mark));
    const operand: Operand = { kind: "piped", value, node: before };
    if (target.kind === "call") value = yield evaluate(walker, target, [operand, ...target.args]);
    else value = pipedInto(walker, target, value, before);
    before = stage;
  }
  for (const names of bound) walker.bindings.setAll(names);
  return value;
}

/** `x |> f` without parentheses. */
function pipedInto(walker: DfgWalker, target: Node, value: number, before: Node): number {
  const result = walker.called(target);
  walker.draft.flow("pipe", value, result, before, null, 0);
  return result;
}

function unwrapped(stage: Node): Node {
  let node = stage;
  while (isCall(node, "__block__", 1)) node = node.args[0] ?? node;
  return node;
}

/** Its clauses see what the piped expression bound. */
function isConstruct(node: Node): boolean {
  return node.kind === "call" && typeof node.callee === "string" && node.meta?.do !== undefined;
}
