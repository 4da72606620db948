// Quoted text without an end.

import { CARRIAGE_RETURN } from "./characters.ts";
import type { Lexer } from "./lexer.ts";
import type { OpenText } from "./open-text.ts";
import { TEXT } from "./token-kinds.ts";
import { HAS_ESCAPES } from "./tokens.ts";

export function missingKey({
  terminator,
  heredoc,
}: Pick<OpenText, "terminator" | "heredoc">): string {
  return `${String.fromCharCode(terminator)}${heredoc ? "3" : "1"}`;
}

/** As if nothing had been read since a text began. */
export function returnTo(lexer: Lexer, open: OpenText): void {
  const { marks } = open;
  lexer.tokens.count = marks.tokens;
  lexer.tokens.texts.length = marks.texts;
  lexer.comments.length = marks.comments;
  lexer.diagnostics.list.length = marks.diagnostics;
  lexer.line = open.line;
  lexer.columnOffset = open.start - open.column;
  lexer.braces = open.braces;
}

/** A text without an end is taken to end with its first line. */
export function cutAtLineEnd(lexer: Lexer, open: OpenText): void {
  const { text, tokens, diagnostics } = lexer;
  const { record } = open;
  returnTo(lexer, open);
  let end = text.indexOf("\n", open.contentStart);
  if (end < 0) end = text.length;
  else if (end > open.contentStart && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end -= 1;
  const { start, line, column } = open;
  diagnostics.add("missing_terminator", start, end, line, column, closingOf(open));
  record.contentStart = open.contentStart;
  record.contentEnd = end;
  record.flags = HAS_ESCAPES;
  record.indentation = -1;
  lexer.at = end;
  const index = tokens.texts.length;
  tokens.texts.push(record);
  tokens.push(TEXT, start, end, line, column, index);
}

function closingOf({ terminator, heredoc }: OpenText): string {
  return String.fromCharCode(terminator).repeat(heredoc ? 3 : 1);
}
