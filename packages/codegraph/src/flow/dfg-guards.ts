// Guards: every variable in them is used and decides, none becomes part of a value. And the tests that
// a condition makes of variables, which hold in the text that is reached only when it passed.

import { pushAll } from "@elixirscope/base";
import { children, isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { isLiteral, type DfgWalker, type Given } from "./dfg-walker.ts";

/** The variables of a guard, as uses. */
export function guardUses(walker: DfgWalker, guard: Node): readonly Given[] {
  const found: Given[] = [];
  walker.draft.passing(guard, "value");
  const stack = [guard];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === "variable") {
      const value = walker.find(node.name);
      if (value === undefined) continue;
      walker.draft.use(value, node);
      found.push({ value, node });
    } else if (!isCall(node, "@")) {
      pushAll(stack, children(node).toReversed());
    }
  }
  return found;
}

/** Operands of one condition that are looked at: chains of thousands are written by programs only. */
const MAX_OPERANDS = 100;

type Range = { readonly start: number; readonly end: number };

/** Records what is known of variables where `condition` was true (and where it was false). */
export function recordChecks(
  walker: DfgWalker,
  condition: Node,
  whenTrue: Range | undefined,
  whenFalse?: Range,
): void {
  const stack: { node: Node; yes: Range | undefined; no: Range | undefined }[] = [
    { node: condition, yes: whenTrue, no: whenFalse },
  ];
  let left = MAX_OPERANDS;
  for (let task = stack.pop(); task !== undefined && left > 0; task = stack.pop()) {
    left -= 1;
    const { node, yes, no } = task;
    if (node.kind !== "call") continue;
    const [first, second] = node.args;
    switch (node.callee) {
      case "__block__":
        if (first !== undefined && node.args.length === 1) stack.push({ node: first, yes, no });
        break;
      case "not":
      case "!":
        if (first !== undefined) stack.push({ node: first, yes: no, no: yes });
        break;
      case "and":
      case "&&":
        for (const part of node.args) stack.push({ node: part, yes, no: undefined });
        break;
      case "or":
      case "||":
        for (const part of node.args) stack.push({ node: part, yes: undefined, no });
        break;
      case "in":
        record(walker, first, "in", yes);
        break;
      case "==":
      case "===":
        if (isLiteral(second)) record(walker, first, "==", yes);
        else if (isLiteral(first)) record(walker, second, "==", yes);
        break;
      default:
        if (isTypeTest(node)) record(walker, first, node.callee, yes);
    }
  }
}

export function record(
  walker: DfgWalker,
  node: Node | undefined,
  test: string,
  where: Range | undefined,
): void {
  if (node?.kind !== "variable" || where === undefined) return;
  const definition = walker.find(node.name);
  if (definition === undefined) return;
  walker.draft.checks.push({ definition, test, start: where.start, end: where.end });
}

function isTypeTest(node: CallNode): node is CallNode & { readonly callee: string } {
  return typeof node.callee === "string" && node.callee.startsWith("is_");
}
