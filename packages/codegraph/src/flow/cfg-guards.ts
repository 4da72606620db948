// Guards: each operand of and/or/when is a node of its own. An operand that raises fails the guard
// (only the alternative it is in, with `when a when b`) and is no exception.

import { pushAll } from "@elixirscope/base";
import type { Node } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import type { FlowBuilder, Open, Step } from "./cfg-builder.ts";
import { isBoolean, isLiteral, isTotal } from "./cfg-totals.ts";

type Outcome = { readonly whenTrue: Open[]; readonly whenFalse: Open[]; readonly failed: Open[] };

/** Goes on where the guard is true; where it is not, a `guard_fail` edge joins `missed`. */
export function* guard(b: FlowBuilder, node: Node, missed: Open[]): Step {
  const passed: Open[] = [];
  let alternatives: Node | undefined = node;
  while (alternatives !== undefined) {
    const split: Node[] = isCall(alternatives, "when", 2) ? [...alternatives.args] : [alternatives];
    const [here] = split;
    alternatives = split[1];
    if (here === undefined) break;
    const outcome: Outcome = { whenTrue: passed, whenFalse: [], failed: [] };
    yield operand(b, here, outcome);
    const from = new Set([...outcome.whenFalse, ...outcome.failed].map((open) => open.from));
    b.open = [...from].map((index) => ({ from: index, kind: "guard_fail" }));
  }
  pushAll(missed, b.open);
  b.open = passed;
}

function* operand(b: FlowBuilder, node: Node, outcome: Outcome): Step {
  const { whenTrue, whenFalse, failed } = outcome;
  const [left, right] = node.kind === "call" ? node.args : [];
  if (left !== undefined && right !== undefined && isCall(node, "and", 2)) {
    const both: Open[] = [];
    yield operand(b, left, { whenTrue: both, whenFalse, failed });
    b.open = both;
    yield operand(b, right, outcome);
  } else if (left !== undefined && right !== undefined && isCall(node, "or", 2)) {
    const neither: Open[] = [];
    yield operand(b, left, { whenTrue, whenFalse: neither, failed });
    b.open = neither;
    yield operand(b, right, outcome);
  } else if (left !== undefined && isCall(node, "not", 1)) {
    yield operand(b, left, { whenTrue: whenFalse, whenFalse: whenTrue, failed });
  } else {
    const at = b.place("guard", node);
    whenTrue.push({ from: at, kind: "true" });
    whenFalse.push({ from: at, kind: "false" });
    if (mayFail(node)) failed.push({ from: at, kind: "guard_fail" });
    b.open = [];
  }
}

/** Is there a value for which the operand is neither true nor false? */
function mayFail(operandNode: Node): boolean {
  if (!isBoolean(operandNode)) return true;
  const stack: Node[] = operandNode.kind === "call" ? [...operandNode.args] : [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isLiteral(node) || node.kind === "variable") continue;
    if (node.kind === "list") pushAll(stack, node.items);
    else if (node.kind === "pair") stack.push(node.left, node.right);
    else if (node.kind === "call" && typeof node.callee === "string") {
      const { callee, args } = node;
      if (callee !== "{}" && callee !== "@" && !isTotal(callee, args.length)) return true;
      if (callee !== "@") pushAll(stack, args);
    } else return true;
  }
  return false;
}
