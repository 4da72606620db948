// A tree made anew from the bottom up, without recursion; what does not change is shared.

import type { Node } from "../ast.ts";
import { children } from "../tree.ts";

/** `change` gets a node whose children are changed already, and the node as it was. */
export function rebuild(root: Node, change: (node: Node, original: Node) => Node): Node {
  const work: { readonly node: Node; readonly done: boolean }[] = [{ node: root, done: false }];
  const built: Node[] = [];
  for (let step = work.pop(); step !== undefined; step = work.pop()) {
    const { node } = step;
    const below = children(node);
    if (step.done) {
      const parts = built.splice(built.length - below.length);
      built.push(change(withChildren(node, below, parts), node));
      continue;
    }
    work.push({ node, done: true });
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i];
      if (child !== undefined) work.push({ node: child, done: false });
    }
  }
  return built[0] ?? root;
}

function withChildren(node: Node, before: readonly Node[], after: readonly Node[]): Node {
  if (after.every((child, i) => child === before[i])) return node;
  if (node.kind === "list") return { ...node, items: after };
  if (node.kind === "broken") return { ...node, children: after };
  if (node.kind === "pair") {
    return { ...node, left: after[0] ?? node.left, right: after[1] ?? node.right };
  }
  if (node.kind !== "call") return node;
  if (typeof node.callee === "string") return { ...node, args: after };
  return { ...node, callee: after[0] ?? node.callee, args: after.slice(1) };
}
