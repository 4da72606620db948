// quote: what is quoted is data; what is in unquote is evaluated now, from left to right. Inside a
// quote of the quoted, unquote is data too.
//
// unquote raises for what is no tree (on 1.18 and 1.20, not yet on 1.14). A spliced value is looked at
// when the list that it goes into is built, a name (`Mod.unquote(name)(…)`) when the call is: by then
// what is behind it has been evaluated.

import type { Node } from "@elixirscope/syntax";
import { children, isCall, keyword, type RemoteCall, remoteCall } from "@elixirscope/syntax";
import type { FlowBuilder, Step } from "./cfg-builder.ts";

export function* quote(b: FlowBuilder, _node: Node, args: readonly Node[]): Step {
  for (const option of args.flatMap(optionValues)) yield b.visit(option);
  const body = args.map((arg) => keyword(arg, "do")).find((block) => block !== undefined);
  if (body === undefined || !unquotes(args)) return;
  for (const { value, raises } of steps(body)) {
    if (value !== null) yield b.visit(value);
    if (raises !== null) b.call(raises);
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

/** A value that is evaluated, an unquote that may raise then; either may be missing. */
type Unquoted = { readonly value: Node | null; readonly raises: Node | null };

/** What is evaluated of a quoted tree, in order. */
function steps(body: Node): readonly Unquoted[] {
  const found: Unquoted[] = [];
  const stack: (Node | Unquoted)[] = [body];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!("kind" in node)) {
      found.push(node);
      continue;
    }
    const [value = null] = node.kind === "call" ? node.args : [];
    const name = unquotedName(node);
    if (isCall(node, "unquote", 1)) found.push({ value, raises: node });
    else if (isCall(node, "unquote_splicing", 1)) found.push({ value, raises: null });
    else if (isCall(node, "quote")) {
      // its body is data twice over, and so are options beside it in one list
      if (node.args.length === 2) pushAll(stack, node.args.slice(0, 1).flatMap(optionValues));
    } else if (name !== null) {
      stack.push({ value: null, raises: name.node });
      pushAll(stack, name.callArgs);
      stack.push({ value: name.args[0] ?? null, raises: null }, name.receiver);
    } else pushAll(stack, children(node));
  }
  return found;
}

type UnquotedName = Pick<RemoteCall, "node" | "receiver" | "args"> & {
  readonly callArgs: readonly Node[];
};

/** `Mod.unquote(name)`, and with the arguments of the call, `Mod.unquote(name)(…)`. */
function unquotedName(node: Node): UnquotedName | null {
  if (node.kind !== "call" || typeof node.callee === "string") return null;
  const own = remoteCall(node);
  const isOwn = own?.name === "unquote" && own.args.length === 1;
  if (own !== null && isOwn) return { ...own, callArgs: [] };
  const called = remoteCall(node.callee);
  if (called?.name !== "unquote" || called.args.length !== 1) return null;
  return { ...called, callArgs: node.args };
}

/** So that the first comes off first; behind the last, what is spliced goes into their list. */
function pushAll(stack: (Node | Unquoted)[], nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (isCall(node, "unquote_splicing", 1)) stack.push({ value: null, raises: node });
  }
  for (let i = nodes.length - 1; i >= 0; i -= 1) {
    const node = nodes[i];
    if (node !== undefined) stack.push(node);
  }
}
