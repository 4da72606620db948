// Building terms: maps, structs and binaries. A new map never fails; an update and a binary may.

import { pushAll } from "@elixirscope/base";
import type { Node } from "@elixirscope/syntax";
import { isCall, remoteCall } from "@elixirscope/syntax";
import { behind, type FlowBuilder, type Open, type Step } from "./cfg-builder.ts";
import { isLiteral } from "./cfg-totals.ts";

/** The parts in order, and nothing of their own. */
export function* parts(b: FlowBuilder, nodes: readonly Node[]): Step {
  for (const node of nodes) if (!isLiteral(node)) yield b.visit(node);
}

/** `%{k => v}` and `%{map | k => v}`: the map, then each key and value, then the update. */
export function* map(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const update = updateOf(args);
  yield parts(b, update ?? args);
  if (update !== null) b.call(node, "BadMapError", "KeyError");
}

/** The last release in which `%Struct{term | …}` looked at the term before the new values. */
const CHECKS_UPDATED_STRUCT = 18;

export function* struct(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const fields = args[1];
  if (fields === undefined || !isCall(fields, "%{}")) {
    yield parts(b, args);
    return;
  }
  const [base, values] = updateOf(fields.args) ?? [];
  if (base === undefined || values === undefined) {
    yield parts(b, fields.args);
    return;
  }
  yield parts(b, [base]);
  if (b.scope.elixirMinor <= CHECKS_UPDATED_STRUCT) {
    const label = `%${b.text(args[0] ?? node)}{}`;
    const missed: Open[] = [{ from: b.place("pattern", base, label), kind: "no_match" }];
    b.open = missed.map(({ from }) => ({ from, kind: "match" }));
    b.unmatched(missed, base, "BadStructError");
  }
  yield parts(b, [values]);
  b.call(node, "BadMapError", "KeyError");
}

function updateOf(args: readonly Node[]): readonly Node[] | null {
  const [only] = args;
  return args.length === 1 && only !== undefined && isCall(only, "|", 2) ? only.args : null;
}

/** `<<>>`, also strings with interpolation: each segment's value, its size, the next segment. */
export function* binary(b: FlowBuilder, node: Node, segments: readonly Node[]): Step {
  for (const segment of segments) {
    if (!isCall(segment, "::", 2)) {
      yield parts(b, [segment]);
      continue;
    }
    const [value, type] = segment.args;
    if (value !== undefined) yield parts(b, [value]);
    if (type !== undefined) yield parts(b, sizes(type));
  }
  if (!segments.every(isText)) b.call(node);
}

/** What `size(…)` and `unit(…)` of `integer-size(n)` hold. */
function sizes(type: Node): readonly Node[] {
  const found: Node[] = [];
  const stack: Node[] = [type];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isCall(node, "size", 1) || isCall(node, "unit", 1)) pushAll(found, node.args);
    else if (isCall(node, "-", 2) || isCall(node, "*", 2)) pushAll(stack, node.args.toReversed());
  }
  return found;
}

/** A string, or an interpolation: `to_string` answers a binary or raises itself. */
function isText(segment: Node): boolean {
  if (segment.kind === "string") return true;
  const [value] = isCall(segment, "::", 2) ? segment.args : [];
  return value !== undefined && remoteCall(value)?.name === "to_string";
}

/** `#{value}` in a string: `to_string` raises for what has no text. */
export function* interpolation(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  yield parts(b, args);
  const [value] = args;
  if (value === undefined || value.kind === "string") return;
  b.raise(b.place("call", node, `#{${b.text(value)}}`, behind(value)));
}

/** `a <> b <> c` is one binary of three. */
export function* concatenation(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const operands: Node[] = [];
  let rest: readonly Node[] = args;
  for (;;) {
    const [left, right] = rest;
    if (left !== undefined) operands.push(left);
    if (right === undefined) break;
    if (isCall(right, "<>", 2)) rest = right.args;
    else {
      operands.push(right);
      break;
    }
  }
  yield parts(b, operands);
  if (!operands.every((operand) => operand.kind === "string")) b.call(node);
}
