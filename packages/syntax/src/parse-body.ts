// Bodies: a file, an interpolation, parentheses, `fn`, and the sections of do blocks hold expressions, and
// all but the first two also clauses. What begins as an expression may turn out to be a clause's arguments.

import type { Meta, Node } from "./ast.ts";
import {
  BODY,
  FILE,
  FN_BODY,
  INTERPOLATION,
  PARENS,
  MATCHED,
  UNMATCHED,
  type Frame,
} from "./frame.ts";
import { atomNode, brokenNode, callNode, draft, keywordList, listNode, pairNode } from "./nodes.ts";
import { closeSection } from "./parse-call.ts";
import { closeInterpolation } from "./parse-text.ts";
import {
  addEndOfExpression,
  addParens,
  addSection,
  block,
  isNegation,
  isSplicing,
} from "./wrap.ts";
import type { Parser } from "./parser.ts";
import { DONE, EXPRESSION, OPERAND, RECOVER } from "./states.ts";
import {
  BLOCK_IDENTIFIER,
  COMMA,
  DO,
  END,
  EOF,
  EOL,
  INTERPOLATION_CLOSE,
  PAREN_CLOSE,
  SEMICOLON,
  STAB_OP,
  WHEN_OP,
} from "./token-kinds.ts";

export function ownerAllowsClauses({ owner }: Frame): boolean {
  return owner !== FILE && owner !== INTERPOLATION;
}

export function openFile(p: Parser): void {
  p.beginBody(p.top);
}

function closes(owner: number, kind: number): boolean {
  switch (owner) {
    case FILE:
      return kind === EOF;
    case INTERPOLATION:
      return kind === INTERPOLATION_CLOSE;
    case PARENS:
      return kind === PAREN_CLOSE;
    case FN_BODY:
      return kind === END;
    default:
      return kind === END || kind === BLOCK_IDENTIFIER;
  }
}

/** An expression begins here, or the body ends. */
export function nextExpression(p: Parser): void {
  const frame = p.top;
  const { kind } = p;
  if (closes(frame.owner, kind)) return closeBody(p, frame);
  if (p.isCloser(kind) || kind === COMMA || kind === SEMICOLON || kind === EOL) {
    p.state = RECOVER;
    return;
  }
  frame.atHead = true;
  p.state = OPERAND;
}

/** A value is complete in a body: an expression, or (part of) the arguments of a clause. */
export function afterBodyValue(p: Parser, frame: Frame): void {
  if (frame.guard >= 0) return afterGuard(p, frame);
  if (frame.key !== null) {
    const { key } = frame;
    frame.keywords?.push(pairNode(key, p.value, key.start, p.value.end, null));
    frame.key = null;
    return afterArgument(p, frame);
  }
  if (frame.arguments !== null || frame.keywords !== null) {
    if (p.valueClass !== MATCHED) p.report("ambiguous_call", p.at);
    if (frame.keywords !== null) p.report("keyword_not_last", p.at);
    (frame.keywords ?? frame.arguments)?.push(p.value);
    return afterArgument(p, frame);
  }
  if (frame.atHead && ownerAllowsClauses(frame)) {
    if (p.kind === STAB_OP) {
      if (p.valueClass === UNMATCHED) p.report("unexpected_do", p.at);
      return startClause(p, frame, [p.value], p.value.start, p.value.end);
    }
    if (p.kind === COMMA) {
      if (p.valueClass !== MATCHED) p.report("ambiguous_call", p.at);
      frame.arguments = [p.value];
      return afterArgument(p, frame);
    }
  }
  endExpression(p, frame, p.value);
}

/** What follows one of several arguments before `->`, or one in parentheses that may be such. */
function afterArgument(p: Parser, frame: Frame): void {
  if (p.kind === COMMA) {
    p.take();
    if (frame.keywords !== null && !p.isKeyword()) p.report("keyword_not_last", p.at);
    frame.noDo = true;
    p.state = OPERAND;
    return;
  }
  if (p.kind === STAB_OP) {
    const args = takeArguments(frame);
    return startClause(p, frame, args, args[0]?.start ?? p.end, args.at(-1)?.end ?? p.end);
  }
  if (p.kind === EOL && p.kindAt(p.at + 1) === PAREN_CLOSE && frame.owner === PARENS) p.at += 1;
  if (p.kind === PAREN_CLOSE && mayBeArguments(p, frame)) return closeArgumentParens(p, frame);
  const args = takeArguments(frame);
  p.report("unexpected_token", p.at, "-> was expected behind several arguments");
  endExpression(p, frame, brokenNode(args, args[0]?.start ?? p.end, args.at(-1)?.end ?? p.end));
}

function takeArguments(frame: Frame): Node[] {
  const args = frame.arguments ?? [];
  if (frame.keywords !== null) args.push(keywordList(frame.keywords));
  frame.arguments = null;
  frame.keywords = null;
  frame.noDo = false;
  return args;
}

/** `(a, b)` and `(a: 1)` are nothing but arguments of a clause. */
function mayBeArguments(p: Parser, frame: Frame): boolean {
  if (frame.owner !== PARENS || frame.semicolon) return false;
  if (frame.items.length > 0 || frame.clause !== null) return false;
  return isHead(p.frames.at(-2));
}

/** Is it a body whose next expression may be the arguments of a clause? */
function isHead(frame: Frame | undefined): frame is Frame {
  return (
    frame?.kind === BODY &&
    frame.atHead &&
    ownerAllowsClauses(frame) &&
    frame.arguments === null &&
    frame.keywords === null
  );
}

function closeArgumentParens(p: Parser, frame: Frame): void {
  const args = takeArguments(frame);
  const close = p.at;
  p.closingPosition(PAREN_CLOSE);
  p.pop();
  parenthesised(p, args, frame.token, close);
}

/** Arguments in parentheses: `->` follows, or `when`, a guard and `->`. */
function parenthesised(p: Parser, args: Node[], open: number, close: number): void {
  const body = p.top;
  body.parens = { open, close };
  if (p.kind === STAB_OP) return startClause(p, body, args, p.startOf(open), p.end);
  if (p.kind === WHEN_OP) {
    body.arguments = args;
    body.guard = p.take();
    p.state = OPERAND;
    return;
  }
  body.parens = null;
  p.report("unexpected_token", p.at, "-> was expected behind several arguments");
  p.setValue(brokenNode(args, p.startOf(open), p.end), MATCHED, false);
}

function afterGuard(p: Parser, frame: Frame): void {
  const args = frame.arguments ?? [];
  const open = frame.parens?.open ?? frame.token;
  const start = p.startOf(open);
  const all = [...unwrapSplicing(args), p.value];
  const guarded = callNode("when", all, start, p.value.end, p.metaAt(frame.guard));
  frame.guard = -1;
  frame.arguments = null;
  if (p.kind === STAB_OP) return startClause(p, frame, [guarded], start, p.value.end);
  frame.parens = null;
  p.report("unexpected_token", p.at, "-> was expected behind the guard");
  endExpression(p, frame, guarded);
}

/** At a `->` with its arguments read. */
export function startClause(
  p: Parser,
  frame: Frame,
  args: readonly Node[],
  start: number,
  end: number,
): void {
  if (frame.clause !== null) closeClause(p, frame);
  else if (frame.items.length > 0) dropExpressions(p, frame);
  const token = p.take();
  const meta = p.metaAt(token);
  const newlines = p.skipEol() || p.auxOf(token);
  if (newlines > 0) meta.newlines = newlines;
  const unwrapped = frame.parens === null ? unwrapWhen(unwrapSplicing(args)) : unwrapSplicing(args);
  if (frame.parens !== null && p.features.parens) {
    const { open, close } = frame.parens;
    meta.parens = [{ ...p.position(open), closing: p.position(close) }];
  }
  frame.clause = { token, start, arguments: listNode(unwrapped, start, end, null), meta };
  frame.parens = null;
  frame.noDo = false;
  frame.atHead = false;
  frame.items = [];
  p.state = OPERAND;
  if (p.kind !== SEMICOLON && !closes(frame.owner, p.kind)) return;
  endExpression(p, frame, atomNode("nil", p.end, p.end, p.metaAt(token)));
}

/** Expressions before the first clause belong to none. */
function dropExpressions(p: Parser, frame: Frame): void {
  p.report("invalid_clause", p.at);
  const start = frame.items[0]?.start ?? 0;
  frame.clauses.push(brokenNode(frame.items, start, frame.items.at(-1)?.end ?? start));
}

function closeClause(p: Parser, frame: Frame): void {
  const { clause } = frame;
  if (clause === null) return;
  const body = block(p, frame.items, p.end);
  const end = Math.max(body.end, p.endOf(clause.token));
  frame.clauses.push(callNode("->", [clause.arguments, body], clause.start, end, clause.meta));
  frame.clause = null;
  frame.items = [];
}

/** `(unquote_splicing(x)) -> y` splices arguments, not expressions of a block. */
function unwrapSplicing(args: readonly Node[]): readonly Node[] {
  const [only] = args;
  if (args.length !== 1 || only?.kind !== "call" || only.callee !== "__block__") return args;
  return only.args.length === 1 && isSplicing(only.args[0]) ? only.args : args;
}

/** A guard behind the last argument is one of them all: `a, b when c` is `when(a, b, c)`. */
function unwrapWhen(args: readonly Node[]): readonly Node[] {
  const last = args.at(-1);
  if (last?.kind !== "call" || last.callee !== "when" || last.args.length !== 2) return args;
  const all = [...args.slice(0, -1), ...last.args];
  return [callNode("when", all, args[0]?.start ?? last.start, last.end, last.meta)];
}

/** An expression is complete; a separator or the end of the body follows. */
export function endExpression(p: Parser, frame: Frame, node: Node): void {
  frame.items.push(node);
  frame.atHead = true;
  p.state = EXPRESSION;
  const { kind } = p;
  if (kind === EOL || kind === SEMICOLON) {
    const token = p.at;
    p.skipSeparator();
    if (p.features.endOfLast || !closes(frame.owner, p.kind)) annotate(p, node, token);
    return;
  }
  if (!closes(frame.owner, kind)) p.state = RECOVER;
}

function annotate(p: Parser, node: Node, token: number): void {
  const { line, column } = p.position(token);
  addEndOfExpression(p, node, { newlines: p.auxOf(token), line, column });
}

/** At the end of a body. */
export function closeBody(p: Parser, frame: Frame): void {
  closeClause(p, frame);
  switch (frame.owner) {
    case FILE:
      p.value = wholeBody(p, frame);
      p.state = DONE;
      return;
    case INTERPOLATION:
      p.pop();
      return closeInterpolation(p, frame, wholeBody(p, frame));
    case PARENS:
      return closeParens(p, frame);
    case FN_BODY:
      return closeFn(p, frame);
    default:
      p.pop();
      return closeSection(p, p.top, sectionBody(p, frame));
  }
}

/** A file or an interpolation; without expressions, a separator in it leaves its place. */
function wholeBody(p: Parser, frame: Frame): Node {
  const body = block(p, frame.items, p.end);
  if (frame.items.length > 0) return body;
  if (frame.hasSeparator) draft(body).meta = p.metaAt(frame.separator);
  else if (p.features.sectionPlace) draft(body).meta = { line: 1, column: 1 };
  return body;
}

function sectionBody(p: Parser, frame: Frame): Node {
  if (frame.clauses.length > 0) return clauseList(frame);
  const body = block(p, frame.items, p.end);
  const isDo = p.kindAt(frame.token) === DO;
  if (!isDo || !p.features.sectionPlace) return body;
  if (body === frame.items[0]) addSection(p, body, p.position(frame.token));
  else draft(body).meta = p.metaAt(frame.token);
  return body;
}

function clauseList({ clauses }: Frame): Node {
  return listNode(clauses, clauses[0]?.start ?? 0, clauses.at(-1)?.end ?? 0, null);
}

function closeFn(p: Parser, frame: Frame): void {
  const { token } = frame;
  const meta = p.metaAt(token);
  if (frame.newlines > 0) meta.newlines = frame.newlines;
  meta.closing = p.closingPosition(END);
  p.pop();
  if (frame.clauses.length === 0) {
    p.report("fn_without_clause", token);
    const start = p.startOf(token);
    return p.setValue(brokenNode(frame.items, start, p.end), MATCHED, true);
  }
  p.setValue(callNode("fn", frame.clauses, p.startOf(token), p.end, meta), MATCHED, true);
}

function closeParens(p: Parser, frame: Frame): void {
  const { token, items } = frame;
  const start = p.startOf(token);
  const close = p.at;
  const closing = p.closingPosition(PAREN_CLOSE);
  const parens = { ...p.position(token), closing };
  p.pop();
  if (frame.clauses.length > 0) {
    const list = draft(clauseList(frame));
    list.start = start;
    list.end = p.end;
    if (p.features.parens) list.meta = { ...parens, ...newlines(frame.newlines) };
    return p.setValue(list, MATCHED, true);
  }
  if (items.length === 0 && !frame.semicolon) return closeEmptyParens(p, token, close);
  const node = block(p, items, start);
  const [only] = items;
  const single = only !== undefined && items.length === 1;
  if (single && isNegation(only)) {
    const wrapped = node === only ? callNode("__block__", [only], start, p.end, null) : node;
    return p.setValue(located(p, wrapped, start, p.features.parens ? null : parens), MATCHED, true);
  }
  if (node !== only) return p.setValue(located(p, node, start, parens), MATCHED, true);
  // up to 1.17 only what is itself a block in Elixir keeps them: blocks and encoded literals
  if (p.features.parens || isBlock(node)) addParens(p, node, parens);
  const wide = draft(node);
  wide.start = start;
  wide.end = p.end;
  p.setValue(node, MATCHED, true);
}

function located(p: Parser, block: Node, start: number, meta: Meta | null): Node {
  const node = draft(block);
  node.start = start;
  node.end = p.end;
  node.meta = meta;
  return node;
}

function isBlock(node: Node): boolean {
  if (node.kind === "call") return node.callee === "__block__";
  return node.kind !== "variable" && node.meta !== null;
}

function newlines(count: number): { newlines?: number } {
  return count > 0 ? { newlines: count } : {};
}

/** `()`: no expression, unless a clause follows that has no arguments. */
function closeEmptyParens(p: Parser, open: number, close: number): void {
  if ((p.kind === STAB_OP || p.kind === WHEN_OP) && isHead(p.top)) {
    return parenthesised(p, [], open, close);
  }
  const node = callNode("__block__", [], p.startOf(open), p.end, null);
  if (p.features.parens) {
    addParens(p, node, { ...p.position(open), closing: p.position(close) });
  }
  p.setValue(node, MATCHED, true);
}
