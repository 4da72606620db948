// One shape for every way to write a call: `f(x)`, `M.f(x)`, `x |> M.f()` and `x |> f`.
//
// A pipe is the call on its right with one more argument in front, so whoever looks for calls never
// meets a pipe: the `|>` node stands for the call, and the node on its right is only `inner`.

import { isCall, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";

export type Call = {
  /** the node that stands for the whole call: the `|>` of a piped one */
  readonly node: CallNode;
  /** the call as written; of `x |> f`, the variable `f` */
  readonly inner: Node;
  /** `M` of `M.f(x)`; null for local calls, operators and special forms */
  readonly receiver: Node | null;
  readonly name: string;
  /** with the piped one in front */
  readonly args: readonly Node[];
};

/** The call that `node` is; null for other nodes, for `fun.(x)` and for field reads such as `user.name`. */
export function callOf(node: Node): Call | null {
  if (node.kind !== "call") return null;
  if (node.callee === "|>" && node.args.length === 2) return pipedCall(node);
  return plainCall(node);
}

function plainCall(node: CallNode): Call | null {
  if (typeof node.callee === "string") {
    return { node, inner: node, receiver: null, name: node.callee, args: node.args };
  }
  const remote = remoteCall(node);
  if (remote === null || isFieldRead(node)) return null;
  const { receiver, name, args } = remote;
  return { node, inner: node, receiver, name, args };
}

function pipedCall(node: CallNode): Call | null {
  const [input, target] = node.args;
  if (input === undefined || target === undefined) return null;
  if (target.kind === "variable") {
    return { node, inner: target, receiver: null, name: target.name, args: [input] };
  }
  if (target.kind !== "call") return null;
  const call = plainCall(target) ?? remoteCall(target);
  if (call === null) return null;
  const { receiver, name, args } = call;
  return { node, inner: target, receiver, name, args: [input, ...args] };
}

/** `user.name`: no parentheses, no arguments, and what is on the left is no module. */
export function isFieldRead(node: Node): boolean {
  const remote = remoteCall(node);
  if (remote === null || remote.args.length > 0 || node.meta?.noParens !== true) return false;
  return !isModuleName(remote.receiver);
}

export function isModuleName(node: Node): boolean {
  if (node.kind === "atom") return true;
  if (node.kind === "variable") return node.name === "__MODULE__";
  return node.kind === "call" && node.callee === "__aliases__";
}

/** `map[key]`: the container and the key. */
export function accessOf(node: Node): { readonly container: Node; readonly key: Node } | null {
  const remote = remoteCall(node);
  if (remote === null || node.meta?.fromBrackets !== true) return null;
  const [container, key] = remote.args;
  return container === undefined || key === undefined ? null : { container, key };
}

/** The items of a tuple of any size, a pair included; null for other nodes. */
export function tupleItems(node: Node | undefined): readonly Node[] | null {
  if (node?.kind === "pair") return [node.left, node.right];
  if (node?.kind === "call" && node.callee === "{}") return node.args;
  return null;
}

/** `x` for a block that holds only `x`, else the node itself. */
export function unwrapped(node: Node): Node {
  let at = node;
  while (at.kind === "call" && at.callee === "__block__" && at.args.length === 1) {
    const only = at.args[0];
    if (only === undefined) break;
    at = only;
  }
  return at;
}

/** The head or pattern `f(x)` of `f(x) when guard`. */
export function withoutGuard(head: Node): Node {
  return isCall(head, "when", 2) ? (head.args[0] ?? head) : head;
}
