// quote: what is quoted is data; what is in unquote is evaluated now, from left to right. Inside a
// quote of the quoted, unquote is data too.

import type { Node } from "@elixirscope/syntax";
import { children, isCall, keyword, remoteCall } from "@elixirscope/syntax";
import type { FlowBuilder, Step } from "./cfg-builder.ts";

export function* quote(b: FlowBuilder, _node: Node, args: readonly Node[]): Step {
  for (const option of args.flatMap(optionValues)) yield b.visit(option);
  const body = args.map((arg) => keyword(arg, "do")).find((block) => block !== undefined);
  if (body === undefined || !unquotes(args)) return;
  for (const part of unquoted(body)) {
    const [value] = part.args;
    if (value === undefined) continue;
    yield b.visit(value);
    if (part.callee === "unquote_splicing") b.call(part);
  }
}

/** The options' values; what `bind_quoted` binds, one by one. */
function optionValues(arg: Node): readonly Node[] {
  if (arg.kind !== "list") return [];
  return arg.items.flatMap((item) => {
    if (item.kind !== "pair" || (item.left.kind === "atom" && item.left.name === "do")) return [];
    return [item.right];
  });
}

function unquotes(args: readonly Node[]): boolean {
  const asked = args.map((arg) => keyword(arg, "unquote")).find((value) => value !== undefined);
  if (asked?.kind === "atom") return asked.name === "true";
  return args.every((arg) => keyword(arg, "bind_quoted") === undefined);
}

type Unquoted = Node & { readonly kind: "call" };

/** The `unquote` and `unquote_splicing` calls that are evaluated, in the order of the text. */
function unquoted(body: Node): readonly Unquoted[] {
  const found: Unquoted[] = [];
  const stack: Node[] = [body];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isCall(node, "unquote", 1) || isCall(node, "unquote_splicing", 1)) {
      found.push(node);
      continue;
    }
    if (isCall(node, "quote")) {
      // its body is data twice over, and so are options beside it in one list
      const options = node.args.length === 2 ? node.args.slice(0, 1).flatMap(optionValues) : [];
      for (let i = options.length - 1; i >= 0; i -= 1) push(stack, options[i]);
      continue;
    }
    const remote = remoteCall(node);
    if (remote?.name === "unquote" && remote.args.length === 1) {
      // `Mod.unquote(name)`: the receiver first
      push(stack, { ...remote.node, callee: "unquote" });
      push(stack, remote.receiver);
      continue;
    }
    const below = children(node);
    for (let i = below.length - 1; i >= 0; i -= 1) push(stack, below[i]);
  }
  return found;
}

function push(stack: Node[], node: Node | undefined): void {
  if (node !== undefined) stack.push(node);
}
