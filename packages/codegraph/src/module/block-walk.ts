// `do … end` and what hangs on it: clauses with arrows, blocks with scopes of their own.

import { blocks, isCall, type CallNode, type ListNode, type Node } from "@elixirscope/syntax";
import type { FileWalk } from "./file-walk.ts";
import { inner, PATTERN, TAIL } from "./walk-mode.ts";

/** One `->`: its own scope, `left` is the mode of what stands before the arrow. */
export function arrow(walk: FileWalk, node: Node, left: number, body: number): void {
  if (!isCall(node, "->")) {
    walk.visit(node, body);
    return;
  }
  const [heads, result] = node.args;
  walk.openScope();
  if (heads?.kind === "list") walk.visitAll(heads.items, left);
  else walk.visit(heads, left);
  walk.visit(result, body);
  walk.closeScope();
}

/** The value of a block: its own scope, or clauses with a scope each. */
export function blockValue(
  walk: FileWalk,
  value: Node | undefined,
  left: number,
  body: number,
): void {
  if (value === undefined) return;
  if (value.kind === "list" && value.items.some((item) => isCall(item, "->"))) {
    for (const clause of value.items) arrow(walk, clause, left, body);
    return;
  }
  walk.openScope();
  walk.visit(value, body);
  walk.closeScope();
}

/** Arguments without the do-block list, and that list. */
export function splitBlocks(node: CallNode): readonly [readonly Node[], ListNode | undefined] {
  const list = blocks(node);
  if (list?.kind !== "list") return [node.args, undefined];
  return [node.args.slice(0, -1), list];
}

/** The parts of a `try`, also of a function with `rescue`: only what nothing runs after is last. */
export function tryBlocks(
  walk: FileWalk,
  part: (key: string) => Node | undefined,
  mode: number,
): void {
  const after = part("after");
  const plain = !["rescue", "catch", "else", "after"].some((key) => part(key) !== undefined);
  const handled = after === undefined ? mode : mode & ~TAIL;
  blockValue(walk, part("do"), inner(mode), plain ? mode : mode & ~TAIL);
  for (const key of ["rescue", "catch", "else"]) {
    blockValue(walk, part(key), inner(mode) | PATTERN, handled);
  }
  blockValue(walk, after, inner(mode), inner(mode));
}
