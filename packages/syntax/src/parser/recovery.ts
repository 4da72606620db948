// What to do with a token that has no place: close what it would close farther out, take it as the
// beginning of the next item when one can begin with it, else skip it. Each step takes a token or closes
// a frame, so it ends, and what was read before and comes after stays in the tree.

import { BODY, FN_BODY, MATCHED, PARENS, SECTION, type Frame } from "./frame.ts";
import { brokenNode } from "./nodes.ts";
import { closeBody } from "./parse-body.ts";
import { openStrayDo } from "./parse-call.ts";
import { addItem, closeFrame, closerOf } from "./parse-container.ts";
import type { Parser } from "./parser.ts";
import { AFTER_ITEM, EXPRESSION, OPERAND } from "./states.ts";
import {
  BIT_CLOSE,
  BRACKET_CLOSE,
  COMMA,
  CURLY_CLOSE,
  DO,
  EOF,
  EOL,
  INTERPOLATION_CLOSE,
  INVALID,
  PAREN_CLOSE,
  STARTS_OPERAND,
} from "../lexer/token-kinds.ts";

/** The token here cannot follow what has been read in the frame on top. */
export function recover(p: Parser): void {
  const frame = p.top;
  const { kind } = p;
  if (p.isCloser(kind)) return recoverAtCloser(p, frame, kind);
  if (closerOf(frame) >= 0 && p.isOutdented(frame)) return abandon(p, frame);
  p.state = frame.kind === BODY ? EXPRESSION : AFTER_ITEM;
  if (kind === EOL) return recoverAtLineEnd(p, frame);
  if (kind !== INVALID) p.report("unexpected_token", p.at, p.textOf(p.at));
  if (kind === DO) return openStrayDo(p, brokenNode([], p.end, p.end));
  if (kind === COMMA && frame.kind !== BODY) return;
  if (STARTS_OPERAND[kind] === 1 || p.isKeyword()) {
    // as if a comma or the end of a line stood before it
    if (frame.kind === BODY) frame.atHead = true;
    p.state = OPERAND;
    return;
  }
  p.at += 1;
}

function recoverAtCloser(p: Parser, frame: Frame, kind: number): void {
  const reachable = kind === EOF || kind === INTERPOLATION_CLOSE || (p.closable[kind] ?? 0) > 0;
  if (reachable) return abandon(p, frame);
  p.report("unexpected_token", p.at, p.textOf(p.at));
  p.at += 1;
  p.state = frame.kind === BODY ? EXPRESSION : AFTER_ITEM;
}

/**
 * A line begins outside of the block on top, by its indentation: the block lacks its `end`. Or an `end`
 * stands deeper than what it would end: it is one too many.
 */
export function realign(p: Parser): void {
  const frame = p.top;
  if (p.isCloser(p.kind) && p.position(p.at).column - 1 > p.anchor(frame)) {
    p.report("unexpected_token", p.at, p.textOf(p.at));
    p.at += 1;
    p.state = EXPRESSION;
    return;
  }
  const cascade = p.reported === p.at;
  // back to the end of line before, which then ends the expression that is closed here
  if (p.kindAt(p.at - 1) === EOL) p.at -= 1;
  abandon(p, frame, cascade);
}

/** Closes what is on top without its closing token; silent where that follows from what was reported. */
function abandon(p: Parser, frame: Frame, silent = false): void {
  const { reported } = p;
  p.abandoned = p.at;
  p.reported = -1;
  if (!silent) p.report("missing_terminator", frame.token, closingWord(frame));
  p.reported = reported;
  if (frame.kind === BODY) return closeBody(p, frame);
  if (frame.key !== null) {
    p.setValue(brokenNode([], p.end, p.end), MATCHED, false);
    addItem(p, frame);
  }
  closeFrame(p, frame);
}

function closingWord(frame: Frame): string {
  switch (frame.kind === BODY ? -2 : closerOf(frame)) {
    case PAREN_CLOSE:
      return ")";
    case BRACKET_CLOSE:
      return "]";
    case CURLY_CLOSE:
      return "}";
    case BIT_CLOSE:
      return ">>";
    default:
      break;
  }
  if (frame.owner === SECTION || frame.owner === FN_BODY) return "end";
  return frame.owner === PARENS ? ")" : "}";
}

/**
 * The end of a line inside brackets, where a comma or the closing bracket is missing: the comma, when the
 * next line is indented deeper than the line of the opening bracket.
 */
function recoverAtLineEnd(p: Parser, frame: Frame): void {
  const next = p.at + 1;
  const kind = p.kindAt(next);
  if (frame.kind === BODY || kind === COMMA || STARTS_OPERAND[kind] !== 1) {
    const silent = frame.kind === BODY || p.isCloser(kind);
    if (!silent) p.report("unexpected_token", p.at, "the end of the line");
    p.at += 1;
    return;
  }
  if (p.position(next).column - 1 <= p.source.indentation(p.position(frame.token).line))
    return abandon(p, frame);
  p.report("unexpected_token", p.at, "the end of the line; a comma is missing");
  p.at += 1;
  p.state = OPERAND;
}
