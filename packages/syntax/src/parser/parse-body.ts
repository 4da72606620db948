// Bodies: a file, an interpolation, parentheses, `fn`, and the sections of do blocks hold expressions, and
// all but the first two also clauses. What begins as an expression may turn out to be a clause's arguments.

import type { Node } from "../ast.ts";
import { closes, endExpression, isOutOfLine, ownerAllowsClauses } from "./body-end.ts";
import { FILE, FN_BODY, INTERPOLATION, MATCHED, PARENS, UNMATCHED } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { brokenNode, callNode, draft, pairNode } from "./nodes.ts";
import { closeSection } from "./parse-call.ts";
import { afterArgument, afterGuard, closeClause, startClause } from "./parse-clause.ts";
import { closeParens } from "./parse-parens.ts";
import { closeInterpolation } from "./parse-text.ts";
import type { Parser } from "./parser.ts";
import { DONE, OPERAND, OUT_OF_LINE, RECOVER } from "./states.ts";
import { COMMA, DO, END, EOL, SEMICOLON, STAB_OP } from "../lexer/token-kinds.ts";
import { addSection, block, clauseList } from "./wrap.ts";

export function openFile(p: Parser): void {
  p.beginBody(p.top);
}

/** An expression begins here, or the body ends. */
export function nextExpression(p: Parser): void {
  const frame = p.top;
  const { kind } = p;
  if (isOutOfLine(p, frame)) {
    p.state = OUT_OF_LINE;
    return;
  }
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
  if (p.features.morePlaces) draft(body).meta = { line: 1, column: 1 };
  else if (frame.hasSeparator) draft(body).meta = p.metaAt(frame.separator);
  return body;
}

function sectionBody(p: Parser, frame: Frame): Node {
  if (frame.clauses.length > 0) return clauseList(frame);
  const body = block(p, frame.items, p.end);
  const isDo = p.kindAt(frame.token) === DO;
  if (!isDo || !p.features.morePlaces) return body;
  if (body === frame.items[0]) addSection(p, body, p.position(frame.token));
  else draft(body).meta = p.metaAt(frame.token);
  return body;
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
