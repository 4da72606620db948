// Where an expression and a body end.

import type { Node } from "../ast.ts";
import { FILE, FN_BODY, INTERPOLATION, PARENS, type Frame } from "./frame.ts";
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
