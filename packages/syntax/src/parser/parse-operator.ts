// Operators by precedence: a binary operator completes what binds tighter before it. Calls that end with
// a do block are taken by a prefix operator only as the last thing it takes: `-if x do 1 end + 2` is
// `-((if ...) + 2)`, as in Elixir.

import type { CallNode, Node } from "../ast.ts";
import {
  BINARY,
  KEYWORDS,
  MAP,
  MATCHED,
  NO_PARENS,
  PREFIXED,
  UNARY,
  UNMATCHED,
  type Frame,
} from "./frame.ts";
import { callNode, variableNode } from "./nodes.ts";
import { openAccess, readDot } from "./parse-call.ts";
import type { Parser } from "./parser.ts";
import { OPERAND } from "./states.ts";
import { isNegation } from "./wrap.ts";
import {
  AT_OP,
  BINARY_PRECEDENCE,
  BRACKET_OPEN,
  CAPTURE_OP,
  DOT,
  DOT_CALL_OP,
  IN_OP,
  MATCH_OP,
  PIPE_OP,
  RIGHT_ASSOCIATIVE,
  TERNARY_OP,
  UNARY_PRECEDENCE,
  WHEN_OP,
} from "../lexer/token-kinds.ts";

/** Does the token behind the value take it as its operand? */
export function isOperator(p: Parser): boolean {
  const { kind } = p;
  if (kind === DOT || kind === DOT_CALL_OP) return true;
  if (kind === BRACKET_OPEN) return p.accessible;
  return BINARY_PRECEDENCE[kind] !== 0 && !p.top.noArguments;
}

export function readOperator(p: Parser): void {
  const { kind } = p;
  if (kind === BRACKET_OPEN) {
    // `@a[1]` accesses `@a`, but `@@a[1]` is `@(@a[1])`
    if (isAt(p, p.top)) reduce(p);
    return openAccess(p);
  }
  if (kind !== DOT && kind !== DOT_CALL_OP) return readBinary(p, kind);
  while (isAt(p, p.top) && p.valueClass === MATCHED) reduce(p);
  readDot(p);
}

function isAt(p: Parser, frame: Frame): boolean {
  return frame.kind === UNARY && p.kindAt(frame.token) === AT_OP;
}

function readBinary(p: Parser, kind: number): void {
  const precedence = BINARY_PRECEDENCE[kind] ?? 0;
  reduceAbove(p, precedence, RIGHT_ASSOCIATIVE[kind] === 1);
  if (kind === PIPE_OP && isUpdatable(p.top)) return openUpdate(p, p.top);
  const below = p.top;
  const token = p.take();
  const frame = p.push(BINARY, token, p.value.start);
  frame.noDo = below.noDo;
  frame.noArguments = below.noArguments;
  frame.node = p.value;
  frame.nodeClass = p.valueClass;
  const after = p.skipEol();
  const counted = kind !== MATCH_OP || p.features.newlinesAfterMatch;
  frame.newlines = (counted ? after : 0) || p.auxOf(token);
  p.state = OPERAND;
  if (kind === WHEN_OP && p.isKeyword()) p.push(KEYWORDS, p.at, p.startOf(p.at)).noDo = true;
}

/** Is what stands in a map so far the map to update? */
function isUpdatable(frame: Frame): boolean {
  if (frame.kind !== MAP || frame.node !== null || frame.key !== null) return false;
  return frame.items.length === 0 && frame.keywords === null;
}

/** `%{map | key: value}`: what follows the bar are entries again. */
function openUpdate(p: Parser, frame: Frame): void {
  frame.node = p.value;
  frame.updateToken = p.take();
  frame.updateNewlines = p.skipEol() || p.auxOf(frame.updateToken);
  p.state = OPERAND;
}

function reduceAbove(p: Parser, precedence: number, right: boolean): void {
  for (;;) {
    const { top } = p;
    if (top.kind === UNARY) {
      if (p.valueClass === UNMATCHED) return;
      if ((UNARY_PRECEDENCE[p.kindAt(top.token)] ?? 0) <= precedence) return;
    } else if (top.kind === BINARY) {
      const own = BINARY_PRECEDENCE[p.kindAt(top.token)] ?? 0;
      if (own < precedence || (own === precedence && right)) return;
    } else {
      return;
    }
    reduce(p);
  }
}

/** Completes all operators above the innermost bracket, call or body. */
export function reduceAll(p: Parser): void {
  while (p.top.kind === BINARY || p.top.kind === UNARY) reduce(p);
}

function reduce(p: Parser): void {
  const frame = p.top;
  p.pop();
  if (frame.kind === UNARY) {
    p.value = unary(p, frame, p.value);
    if (p.kindAt(frame.token) === CAPTURE_OP) p.simple = false;
    if (p.valueClass === NO_PARENS) p.valueClass = PREFIXED;
  } else {
    const left = frame.node ?? p.value;
    p.value = binary(p, frame, left, p.value);
    if (frame.nodeClass === UNMATCHED) p.valueClass = UNMATCHED;
    p.simple = false;
  }
  p.accessible = false;
}

function unary(p: Parser, { token, start }: Frame, operand: Node): Node {
  const meta = p.metaAt(token);
  const { end } = operand;
  if (p.kindAt(token) !== TERNARY_OP) {
    return callNode(p.textOf(token), [operand], start, end, meta);
  }
  // `&//2` captures the operator `/` with 2 arguments
  const inner = variableNode("/", start, start + 1, meta);
  return callNode("/", [inner, operand], start, end, { ...meta, column: meta.column + 1 });
}

function binary(p: Parser, frame: Frame, left: Node, right: Node): Node {
  const { token } = frame;
  const start = Math.min(left.start, right.start);
  const end = Math.max(left.end, right.end);
  const kind = p.kindAt(token);
  if (kind === TERNARY_OP) return rangeStep(p, token, left, right);
  if (kind === IN_OP && p.auxOf(token) < 0) return notIn(p, frame, left, right);
  if (kind === IN_OP && isNegation(left)) return negatedIn(p, token, left, right);
  const meta = p.metaAt(token);
  if (frame.newlines > 0) meta.newlines = frame.newlines;
  return callNode(p.textOf(token), [left, right], start, end, meta);
}

/** `first..last//step` */
function rangeStep(p: Parser, token: number, left: Node, right: Node): Node {
  if (left.kind === "call" && left.callee === ".." && left.args.length === 2) {
    return callNode("..//", [...left.args, right], left.start, right.end, left.meta);
  }
  p.report("invalid_range_step", token);
  return callNode("//", [left, right], left.start, right.end, p.metaAt(token));
}

/** `a not in b` is `not(a in b)`. */
function notIn(p: Parser, { token, newlines }: Frame, left: Node, right: Node): Node {
  const meta = p.metaAt(token);
  const inner = p.metaAt(token);
  const words = p.tokens.notIn[-1 - p.auxOf(token)];
  if (p.features.bothOfNotIn && words !== undefined) {
    inner.line = words.line;
    inner.column = words.column;
    const before = newlines > 0 ? newlines : words.newlines;
    if (before > 0) meta.newlines = before;
  }
  const membership = callNode("in", [left, right], left.start, right.end, inner);
  return callNode("not", [membership], left.start, right.end, meta);
}

/** `not a in b`, an old form of the same. */
function negatedIn(p: Parser, token: number, left: CallNode, right: Node): Node {
  const meta = p.metaAt(token);
  const [operand = left] = left.args;
  const inner = callNode("in", [operand, right], operand.start, right.end, meta);
  const outer = p.features.bothOfNotIn ? left.meta : p.metaAt(token);
  return callNode(left.callee, [inner], left.start, right.end, outer);
}
