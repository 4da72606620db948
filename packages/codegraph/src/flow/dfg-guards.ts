// Guards: every variable in them is used and decides, none becomes part of a value. And the tests that
// a condition makes of variables, which hold in the text that is reached only when it passed.

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
      stack.push(...children(node).toReversed());
    }
  }
  return found;
}

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
  for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
    const { node, yes, no } = task;
    if (node.kind !== "call") continue;
    const [left, right] = node.args;
    switch (node.callee) {
      case "__block__":
        if (left !== undefined && node.args.length === 1) stack.push({ node: left, yes, no });
        break;
      case "not":
      case "!":
        if (left !== undefined) stack.push({ node: left, yes: no, no: yes });
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
        record(walker, left, "in", yes);
        break;
      case "==":
      case "===":
        if (isLiteral(right)) record(walker, left, "==", yes);
        else if (isLiteral(left)) record(walker, right, "==", yes);
        break;
      default:
        if (isTypeTest(node)) record(walker, left, node.callee, yes);
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
