// `&fun/2`, `&Mod.fun/2` and `&(… &1 …)`.

import { isCall, remoteCall, type CallNode, type Node } from "@elixirscope/syntax";
import { addSite, DYNAMIC, localTarget, remoteTarget } from "./call-target.ts";
import type { FileWalk } from "./file-walk.ts";
import { inner } from "./walk-mode.ts";

export function capture(walk: FileWalk, node: CallNode, mode: number): void {
  const [body] = node.args;
  if (body === undefined || body.kind === "integer") return;
  const named = namedFunction(body);
  if (named === null) {
    walk.visit(body, inner(mode));
    return;
  }
  const { receiver, name, arity } = named;
  if (receiver === null)
    addSite(walk, node, localTarget(walk, name, arity), inner(mode), "capture");
  else {
    const module = walk.moduleNamed(receiver);
    const target = module === null ? DYNAMIC : remoteTarget(module, name, arity);
    addSite(walk, node, target, inner(mode), "capture");
    walk.visit(receiver, inner(mode));
  }
}

type NamedFunction = {
  readonly receiver: Node | null;
  readonly name: string;
  readonly arity: number;
};

/** `fun/2` or `Mod.fun/2`, as it stands after `&`. */
function namedFunction(node: Node): NamedFunction | null {
  if (!isCall(node, "/", 2)) return null;
  const [left, right] = node.args;
  if (left === undefined || right?.kind !== "integer") return null;
  const arity = Number(right.value);
  if (left.kind === "variable") return { receiver: null, name: left.name, arity };
  const remote = remoteCall(left);
  if (remote === null || remote.args.length > 0) return null;
  return { receiver: remote.receiver, name: remote.name, arity };
}
