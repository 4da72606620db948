// Where an expression and a body end.

import type { Node } from "../ast.ts";
import { FILE, FN_BODY, INTERPOLATION, PARENS, SECTION, type Frame } from "./frame.ts";
import type { Parser } from "./parser.ts";
import { EXPRESSION, RECOVER } from "./states.ts";
import {
  BLOCK_IDENTIFIER,
  END,
  EOF,
  EOL,
  INTERPOLATION_CLOSE,
  PAREN_CLOSE,
  SEMICOLON,
  STARTS_OPERAND,
} from "../lexer/token-kinds.ts";
import { addEndOfExpression } from "./wrap.ts";

export function ownerAllowsClauses({ owner }: Frame): boolean {
  return owner !== FILE && owner !== INTERPOLATION;
}

export function closes(owner: number, kind: number): boolean {
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

/**
 * Does the line that begins here stand where, by its indentation, the block must have ended, or is an `end`
 * indented deeper than the block that it would end?
 */
export function isOutOfLine(p: Parser, frame: Frame): boolean {
  if (!p.guided || (frame.owner !== SECTION && frame.owner !== FN_BODY)) return false;
  if (!p.beginsLine(p.at) || p.position(p.at).line === p.position(frame.token).line) return false;
  const column = p.position(p.at).column - 1;
  const anchor = p.anchor(frame);
  return closes(frame.owner, p.kind) ? column !== anchor : column <= anchor;
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
    if (p.features.endOfLast || !closes(frame.owner, p.kind)) annotate(p, frame, node, token);
    return;
  }
  // a line can begin here without a separator where a bracket was left open
  const mistaken = p.abandoned === p.at || p.reported === p.at;
  const begins = p.guided && mistaken && STARTS_OPERAND[kind] === 1 && p.beginsLine(p.at);
  if (!begins && !closes(frame.owner, kind)) p.state = RECOVER;
}

function annotate(p: Parser, frame: Frame, node: Node, token: number): void {
  const { line, column } = p.position(token);
  if (node.kind === "list" && node.meta === null && frame.clause !== null) {
    // up to 1.17 clauses in parentheses are a bare list: what ends them is kept at the `->` before
    if (frame.items.length === 1) {
      frame.clause.meta.endOfExpression = { newlines: p.auxOf(token), line, column };
    }
    return;
  }
  addEndOfExpression(p, node, { newlines: p.auxOf(token), line, column });
}
