// Walking the tree and asking what a node is.

import { assertNever } from "@elixirscope/base";
import type { CallNode, Node } from "./ast.ts";

/** Direct children in source order; a callee that is a node comes first. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case "list":
      return node.items;
    case "pair":
      return [node.left, node.right];
    case "call":
      return typeof node.callee === "string" ? node.args : [node.callee, ...node.args];
    case "broken":
      return node.children;
    case "atom":
    case "integer":
    case "float":
    case "string":
    case "charlist":
    case "variable":
      return [];
    default:
      return assertNever(node);
  }
}

/** Depth first, without recursion; `enter` answers false to skip what is below. */
export function walk(root: Node, enter: (node: Node) => boolean | void): void {
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (enter(node) === false) continue;
    const below = children(node);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) stack.push(child);
    }
  }
}

/** A call whose callee is a name. Narrower than `CallNode`, so that "not this call" leaves other calls possible. */
export type LocalCall = CallNode & { readonly callee: string };

/** Is it the local call or operator `name`, with `arity` arguments if given? */
export function isCall(node: Node | undefined, name: string, arity?: number): node is LocalCall {
  return (
    node !== undefined &&
    node.kind === "call" &&
    node.callee === name &&
    (arity === undefined || node.args.length === arity)
  );
}

export type RemoteCall = {
  readonly node: CallNode;
  readonly receiver: Node;
  readonly name: string;
  readonly args: readonly Node[];
};

/** `receiver.name(args)`, also `map.field`; null for anything else. */
export function remoteCall(node: Node): RemoteCall | null {
  if (node.kind !== "call" || typeof node.callee === "string") return null;
  const { callee } = node;
  if (!isCall(callee, ".", 2)) return null;
  const [receiver, name] = callee.args;
  if (receiver === undefined || name?.kind !== "atom") return null;
  return { node, receiver, name: name.name, args: node.args };
}

/** The segments of an alias whose segments are all names: `Shop.Cart` is `["Shop", "Cart"]`. */
export function aliasSegments(node: Node): readonly string[] | null {
  if (!isCall(node, "__aliases__")) return null;
  const names = node.args.map((arg) => (arg.kind === "atom" ? arg.name : null));
  return names.every((name) => name !== null) ? names : null;
}

/** The value of `key` in a keyword list, also in the list of a `do` block. */
export function keyword(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind !== "list") return undefined;
  for (const item of node.items) {
    if (item.kind === "pair" && item.left.kind === "atom" && item.left.name === key) {
      return item.right;
    }
  }
  return undefined;
}

/** The `do` block's keyword list of a call, when it has one (also `, do: x`). */
export function blocks(node: CallNode): Node | undefined {
  const last = node.args.at(-1);
  return keyword(last, "do") === undefined ? undefined : last;
}

/** The expressions of a block; anything else is one expression. */
export function expressions(node: Node): readonly Node[] {
  return isCall(node, "__block__") ? node.args : [node];
}
