// Clauses: `a, b when c -> d`. Their arguments are told by what follows them, a comma or `->`; those in
// parentheses are first read as parentheses.

import type { Node } from "../ast.ts";
import { closes, endExpression, isOutOfLine, ownerAllowsClauses } from "./body-end.ts";
import { BODY, MATCHED, PARENS, type Frame } from "./frame.ts";
import { atomNode, brokenNode, callNode, keywordList, listNode } from "./nodes.ts";
import type { Parser } from "./parser.ts";
import { OPERAND } from "./states.ts";
import { COMMA, EOL, PAREN_CLOSE, SEMICOLON, STAB_OP, WHEN_OP } from "../lexer/token-kinds.ts";
import { block, isSplicing } from "./wrap.ts";

/** What follows one of several arguments before `->`, or one in parentheses that may be such. */
export function afterArgument(p: Parser, frame: Frame): void {
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
export function isHead(frame: Frame | undefined): frame is Frame {
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
export function parenthesised(p: Parser, args: Node[], open: number, close: number): void {
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

export function afterGuard(p: Parser, frame: Frame): void {
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
  const after = p.skipEol();
  const newlines = after > 0 ? after : p.auxOf(token);
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
  const outOfLine = isOutOfLine(p, frame);
  if (p.kind !== SEMICOLON && !closes(frame.owner, p.kind) && !outOfLine) return;
  // the end of line before what stands out of line ends this clause
  if (outOfLine && p.kindAt(p.at - 1) === EOL) p.at -= 1;
  endExpression(p, frame, atomNode("nil", p.end, p.end, p.metaAt(token)));
}

/** Expressions before the first clause belong to none. */
function dropExpressions(p: Parser, frame: Frame): void {
  p.report("invalid_clause", p.at);
  const start = frame.items[0]?.start ?? 0;
  frame.clauses.push(brokenNode(frame.items, start, frame.items.at(-1)?.end ?? start));
}

export function closeClause(p: Parser, frame: Frame): void {
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
