// Macros and operators of Kernel that evaluate their arguments in an order of their own, or end the path.

import type { Node } from "@elixirscope/syntax";
import { isCall } from "@elixirscope/syntax";
import type { FlowBuilder, Step } from "./cfg-builder.ts";
import { isIrrefutable } from "./cfg-clauses.ts";
import { parts } from "./cfg-terms.ts";
import { isBoolean, isLiteral } from "./cfg-totals.ts";

/** raise, throw, exit, reraise: nothing comes after. */
export function* leave(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  yield parts(b, args);
  b.call(node);
  b.open = [];
}

/** `then`, `tap`, `is_struct/2`, `is_exception/2`: the last argument is evaluated first. */
export function* lastFirst(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  yield parts(b, args.toReversed());
  b.call(node);
}

export function* not(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  yield parts(b, args);
  const [operand] = args;
  if (operand === undefined || !isBoolean(operand)) b.call(node);
}

/** The first release in which `a in b` evaluates a before b, when b is no list. */
const MEMBER_AFTER_LEFT = 20;

export function* member(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [left, right] = args;
  if (left === undefined || right === undefined) {
    yield parts(b, args);
    return;
  }
  const written = right.kind === "list" || isLiteralRange(right);
  const taken = isCall(right, "..", 2) || isCall(right, "..//", 3) ? right.args : [right];
  const inOrder = written || b.scope.elixirMinor >= MEMBER_AFTER_LEFT;
  yield parts(b, inOrder ? [left, ...taken] : [...taken, left]);
  if (!written) b.call(node);
}

function isLiteralRange(node: Node): boolean {
  return (isCall(node, "..", 2) || isCall(node, "..//", 3)) && node.args.every(isLiteral);
}

export function* range(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  yield parts(b, args);
  if (!args.every(isLiteral)) b.call(node);
}

/** The value is cut or padded to the pattern's length; an element may still not match. */
export function* destructure(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [left, right] = args;
  if (left === undefined || right === undefined) {
    yield parts(b, args);
    return;
  }
  yield parts(b, [right]);
  b.call(node);
  const at = b.place("pattern", left);
  b.open = [{ from: at, kind: "match" }];
  if (left.kind !== "list" || !isIrrefutable(left.items)) {
    b.unmatched([{ from: at, kind: "no_match" }], left, "MatchError");
  }
  b.settle(node);
}

/** `~s"a#{b}"`: a literal unless something is put in. */
export function* sigil(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [text] = args;
  if (text === undefined || !isCall(text, "<<>>") || text.args.every(isLiteral)) return;
  yield parts(
    b,
    text.args.flatMap((part) => (isCall(part, "::") ? part.args.slice(0, 1) : [part])),
  );
  b.call(node);
}
