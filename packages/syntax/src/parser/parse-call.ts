// Calls: names with and without arguments, dots, accesses, and the do blocks that belong to calls.

import type { CallNode, Meta, Node } from "../ast.ts";
import {
  ACCESS,
  CALL,
  DOT_TUPLE,
  DO_BLOCK,
  MATCHED,
  NO_PARENS,
  NO_PARENS_CALL,
  UNARY,
  SECTION,
  UNMATCHED,
  type Frame,
} from "./frame.ts";
import {
  atomNode,
  brokenNode,
  callNode,
  draft,
  keywordList,
  pairNode,
  variableNode,
  type Draft,
} from "./nodes.ts";
import type { Parser } from "./parser.ts";
import { EXPRESSION, OPERAND } from "./states.ts";
import {
  ALIAS,
  BLOCK_IDENTIFIER,
  BRACKET_CLOSE,
  BRACKET_IDENTIFIER,
  CURLY_CLOSE,
  CURLY_OPEN,
  DO,
  DOT_CALL_OP,
  DO_IDENTIFIER,
  DUAL_OP,
  END,
  IDENTIFIER,
  OP_IDENTIFIER,
  PAREN_CLOSE,
  PAREN_IDENTIFIER,
  PAREN_OPEN,
  RANGE_OP,
  STARTS_OPERAND,
  TERNARY_OP,
} from "../lexer/token-kinds.ts";

/** A name that begins an expression. */
export function readName(p: Parser): void {
  const token = p.take();
  const special = p.nameOf(token);
  const name = special === undefined ? p.textOf(token) : special.name;
  readCalled(p, token, name, p.startOf(token), p.metaAt(token));
}

/** A name after a dot: what is called is the dot with both. */
function readDotName(p: Parser, left: Node, dot: number): void {
  const token = p.take();
  const meta = p.metaAt(token);
  const special = p.nameOf(token);
  const name = special === undefined ? p.textOf(token) : special.name;
  const right = atomNode(name, p.startOf(token), p.end, null);
  if (special !== undefined) {
    if (special.raw !== name) right.raw = special.raw;
    if (special.delimiter !== "" && p.features.delimiters) meta.delimiter = special.delimiter;
  }
  const callee = callNode(".", [left, right], left.start, p.end, p.metaAt(dot));
  readCalled(p, token, callee, left.start, meta);
}

/** What follows a name decides whether and how it is called. */
function readCalled(
  p: Parser,
  token: number,
  callee: string | Node,
  start: number,
  meta: Draft<Meta>,
): void {
  switch (p.kindAt(token)) {
    case PAREN_IDENTIFIER:
      return openCall(p, callee, start, meta);
    case BRACKET_IDENTIFIER:
      return p.setValue(bareName(p, callee, start, meta), MATCHED, true);
    case DO_IDENTIFIER:
      if (!p.top.noDo) return openDo(p, callee, [], start, meta);
      break;
    case OP_IDENTIFIER:
      if (p.top.noArguments) break;
      return openArguments(p, callee, start, meta, token);
    default:
      if (!p.top.noArguments && startsArguments(p)) {
        return openArguments(p, callee, start, meta, token);
      }
  }
  p.setValue(bareName(p, callee, start, meta), MATCHED, false);
}

/** A variable, or after a dot a call without arguments. */
function bareName(p: Parser, callee: string | Node, start: number, meta: Draft<Meta>): Node {
  if (typeof callee === "string") return variableNode(callee, start, p.end, meta);
  meta.noParens = true;
  return callNode(callee, [], start, p.end, meta);
}

/** After a plain name, a sign or `..` is an operator between two operands. */
function startsArguments(p: Parser): boolean {
  const { kind } = p;
  if (p.isKeyword()) return true;
  if (kind === DUAL_OP || kind === TERNARY_OP || kind === RANGE_OP) return false;
  return STARTS_OPERAND[kind] === 1;
}

function openArguments(
  p: Parser,
  callee: string | Node,
  start: number,
  meta: Draft<Meta>,
  token: number,
): void {
  const frame = p.push(NO_PARENS_CALL, token, start);
  frame.callee = callee;
  frame.meta = meta;
  frame.noDo = true;
  p.state = OPERAND;
}

/** The arguments of a call without parentheses are complete. */
export function closeArguments(p: Parser, frame: Frame): void {
  p.pop();
  const args = withKeywords(frame);
  const meta = frame.meta ?? p.metaAt(frame.token);
  if (frame.ambiguous >= 0 && args.length > 1) p.report("ambiguous_call", frame.ambiguous);
  const isOp = p.kindAt(frame.token) === OP_IDENTIFIER && typeof frame.callee === "string";
  if (p.kind === DO && !p.top.noDo) return openDo(p, frame.callee, args, frame.start, meta);
  if (isOp && args.length === 1) meta.ambiguousOp = true;
  const many = args.length > 1 || frame.ambiguous >= 0;
  const call = callNode(frame.callee, args, frame.start, p.end, meta);
  p.setValue(call, many ? NO_PARENS : MATCHED, false);
  p.simple = p.features.callsAsEntries && !many;
}

export function withKeywords({ items, keywords }: Frame): Node[] {
  return keywords === null ? items : [...items, keywordList(keywords)];
}

function openCall(p: Parser, callee: string | Node, start: number, meta: Draft<Meta>): void {
  const frame = p.push(CALL, p.at, start);
  p.opened(PAREN_CLOSE);
  frame.callee = callee;
  frame.meta = meta;
  p.take();
  frame.newlines = p.skipEol();
  p.state = OPERAND;
  if (p.kind === PAREN_CLOSE) closeCall(p, frame);
}

/** At the closing parenthesis. Another pair calls the result; a do block is one argument more. */
export function closeCall(p: Parser, frame: Frame): void {
  const args = withKeywords(frame);
  if (frame.ambiguous >= 0 && args.length > 1) p.report("ambiguous_call", frame.ambiguous);
  const meta = frame.meta ?? p.metaAt(frame.token);
  if (frame.newlines > 0) meta.newlines = frame.newlines;
  meta.closing = p.closingPosition(PAREN_CLOSE);
  p.pop();
  const { callee, start } = frame;
  if (p.kind === PAREN_OPEN && !frame.nested) {
    const call = callNode(callee, args, start, p.end, meta);
    openCall(p, call, start, { line: meta.line, column: meta.column });
    p.top.nested = true;
    return;
  }
  if (p.kind === DO && !p.top.noDo) return openDo(p, callee, args, start, meta);
  p.setValue(callNode(callee, args, start, p.end, meta), MATCHED, true);
}

/** A do block at its `do`, as the last argument of a call. */
export function openDo(
  p: Parser,
  callee: string | Node,
  args: Node[],
  start: number,
  meta: Draft<Meta>,
): void {
  const frame = p.push(DO_BLOCK, p.at, start);
  frame.callee = callee;
  frame.items = args;
  frame.meta = meta;
  frame.keywords = [];
  p.opened(END);
  p.opened(BLOCK_IDENTIFIER);
  openSection(p, frame);
}

/** A do block that belongs to no call: it is read, to find its `end`. */
export function openStrayDo(p: Parser, before: Node): void {
  openDo(p, "", [], before.start, p.metaAt(p.at));
  const frame = p.frames.at(-2);
  if (frame !== undefined) frame.node = before;
}

function openSection(p: Parser, frame: Frame): void {
  const token = p.take();
  const name = p.textOf(token);
  frame.key = atomNode(name, p.startOf(token), p.end, p.metaAt(token));
  p.beginBody(p.openBody(SECTION, token, p.startOf(token)));
  p.state = EXPRESSION;
}

/** A section of a do block is complete; the parser is at `end` or at the name of the next. */
export function closeSection(p: Parser, frame: Frame, body: Node): void {
  const key = frame.key ?? body;
  frame.keywords?.push(pairNode(key, body, key.start, Math.max(key.end, body.end), null));
  if (p.kind === BLOCK_IDENTIFIER) return openSection(p, frame);
  const meta = frame.meta ?? p.metaAt(frame.token);
  meta.do = p.position(frame.token);
  meta.end = p.closingPosition(END);
  p.closable[BLOCK_IDENTIFIER] = (p.closable[BLOCK_IDENTIFIER] ?? 0) - 1;
  p.pop();
  const list = draft(keywordList(frame.keywords ?? []));
  list.end = p.end;
  if (frame.node !== null) {
    return p.setValue(brokenNode([frame.node, list], frame.start, p.end), UNMATCHED, false);
  }
  const call = callNode(frame.callee, [...frame.items, list], frame.start, p.end, meta);
  p.setValue(call, UNMATCHED, false);
  p.simple = false;
}

/** A dot behind the value. */
export function readDot(p: Parser): void {
  const { value: left } = p;
  if (p.valueClass !== MATCHED) p.report("unexpected_token", p.at, ".");
  const token = p.take();
  if (p.kindAt(token) === DOT_CALL_OP) {
    const callee = callNode(".", [left], left.start, p.end, p.metaAt(token));
    return openCall(p, callee, left.start, p.metaAt(token));
  }
  if (p.guided && p.isOutdented(enclosing(p))) return readNoName(p, left);
  switch (p.kind) {
    case ALIAS:
      return readDotAlias(p, left, token);
    case CURLY_OPEN:
      return openDotTuple(p, left, token);
    case IDENTIFIER:
    case PAREN_IDENTIFIER:
    case BRACKET_IDENTIFIER:
    case DO_IDENTIFIER:
    case OP_IDENTIFIER:
      return readDotName(p, left, token);
    default:
      readNoName(p, left);
  }
}

/** What is open around, past a few operators and calls without parentheses. */
function enclosing(p: Parser): Frame {
  for (const frame of p.frames.slice(-8).toReversed()) {
    if (frame.kind > UNARY && frame.kind !== NO_PARENS_CALL) return frame;
  }
  return p.top;
}

function readNoName(p: Parser, left: Node): void {
  p.report("unexpected_token", p.at, "a name is missing behind the dot");
  p.setValue(brokenNode([left], left.start, p.end), MATCHED, false);
}

/** `Shop.Cart`, `__MODULE__.Cart`: one node, whose first segment may be any expression. */
function readDotAlias(p: Parser, left: Node, dot: number): void {
  const token = p.take();
  const segment = atomNode(p.textOf(token), p.startOf(token), p.end, null);
  const last = p.position(token);
  if (left.kind === "call" && left.callee === "__aliases__") {
    const alias: Draft<CallNode> = draft(left);
    const segments = p.segments.get(left) ?? [...left.args];
    segments.push(segment);
    alias.args = segments;
    p.segments.set(left, segments);
    alias.end = p.end;
    alias.meta = { ...(left.meta ?? p.metaAt(token)), last };
    return p.setValue(alias, MATCHED, true);
  }
  if (left.kind === "atom") p.report("atom_alias", token);
  const meta = { ...p.metaAt(dot), last };
  p.setValue(callNode("__aliases__", [left, segment], left.start, p.end, meta), MATCHED, true);
}

/** `Shop.{Cart, Order}` */
function openDotTuple(p: Parser, left: Node, dot: number): void {
  const token = p.take();
  const name = atomNode("{}", p.startOf(token), p.end, null);
  const frame = p.push(DOT_TUPLE, token, left.start);
  p.opened(CURLY_CLOSE);
  frame.meta = p.metaAt(dot);
  frame.callee = callNode(".", [left, name], left.start, p.end, p.metaAt(dot));
  frame.newlines = p.skipEol();
  p.state = OPERAND;
  if (p.kind !== CURLY_CLOSE) return;
  const closing = p.closingPosition(CURLY_CLOSE);
  p.pop();
  const meta = p.features.morePlaces ? { ...frame.meta, closing } : frame.meta;
  p.setValue(callNode(frame.callee, [], left.start, p.end, meta), MATCHED, true);
}

/** `subject[key]` */
export function openAccess(p: Parser): void {
  const token = p.take();
  const frame = p.push(ACCESS, token, p.value.start);
  p.opened(BRACKET_CLOSE);
  frame.node = p.value;
  frame.newlines = p.skipEol();
  p.state = OPERAND;
}
