// `quote`: code as data. Only what is unquoted is evaluated; a quote inside a quote keeps its unquotes.

import { pushAll } from "@elixirscope/base";
import { children, isCall, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { nodeOf, type DfgWalker, type Operand } from "./dfg-walker.ts";

export function* quote(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const parts = operands.map(nodeOf).flatMap(entries);
  const value = walker.draft.define("value", null, node);
  const disabled = parts.some(({ key, node: part }) => disables(key, part));
  for (const { key, node: part } of parts) {
    if (key === "do") {
      if (!disabled) yield* unquoted(walker, part, value);
    } else {
      const given = walker.leaf(part) ?? (yield walker.steps(part));
      walker.draft.flow("construct", given, value, part, "…");
    }
  }
  return value;
}

/** Of `unquote(x)`, also of `Mod.unquote(x)`, where it is the name. */
function unquotedPart(node: Node): Node | undefined {
  if (isCall(node, "unquote", 1) || isCall(node, "unquote_splicing", 1)) return node.args[0];
  const remote = remoteCall(node);
  return remote?.name === "unquote" ? remote.args[0] : undefined;
}

/** A function of a module inside the function: only what is unquoted is evaluated here. */
export function* definition(walker: DfgWalker, node: CallNode): Steps {
  const value = walker.called(node);
  for (const part of node.args) yield* unquoted(walker, part, value);
  return value;
}

function entries(list: Node): readonly { readonly key: string; readonly node: Node }[] {
  if (list.kind !== "list") return [];
  return list.items.flatMap((item) =>
    item.kind === "pair" && item.left.kind === "atom"
      ? [{ key: item.left.name, node: item.right }]
      : [],
  );
}

function disables(key: string, node: Node): boolean {
  return key === "bind_quoted" || (key === "unquote" && node.kind === "atom");
}

function* unquoted(walker: DfgWalker, body: Node, value: number): Steps {
  const stack = [body];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const part = unquotedPart(node);
    if (part !== undefined) {
      if (node.kind === "call" && typeof node.callee !== "string") stack.push(node.callee);
      const given = walker.leaf(part) ?? (yield walker.steps(part));
      walker.draft.flow("construct", given, value, part, "…");
    } else if (!isCall(node, "quote")) {
      pushAll(stack, children(node).toReversed());
    }
  }
  return CONSTANT;
}
