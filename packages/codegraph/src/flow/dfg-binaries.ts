// Segments of `<<…>>` and the variables in their sizes.

import { pushAll } from "@elixirscope/base";
import { children, isCall, type Node, type VariableNode } from "@elixirscope/syntax";

/** `value :: spec`; a segment without `::` has no spec. */
export function binarySegment(node: Node): { readonly value: Node; readonly spec: Node | null } {
  if (!isCall(node, "::", 2)) return { value: node, spec: null };
  return { value: node.args[0] ?? node, spec: node.args[1] ?? null };
}

/** The expressions that a spec evaluates: of `size(n)`, `unit(8)`, `n*8`; the rest names types. */
export function sizeExpressions(spec: Node): readonly Node[] {
  const found: Node[] = [];
  const stack = [spec];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind !== "call") continue;
    if (node.callee === "-") pushAll(stack, node.args.toReversed());
    else if (node.callee === "*") pushAll(found, node.args.slice(0, 1));
    else if (node.callee === "size" || node.callee === "unit") pushAll(found, node.args);
  }
  return found;
}

export function sizeVariables(spec: Node): readonly VariableNode[] {
  const found: VariableNode[] = [];
  const stack = [...sizeExpressions(spec)];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === "variable") found.push(node);
    else pushAll(stack, children(node).toReversed());
  }
  return found;
}
