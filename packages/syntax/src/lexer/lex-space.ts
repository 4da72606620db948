// Blanks, ends of lines, comments and separators of expressions.

import {
  BACKSLASH,
  CARRIAGE_RETURN,
  COLON,
  HASH,
  MINUS,
  PLUS,
  isSpace,
  isTreacherous,
} from "./characters.ts";
import type { Lexer } from "./lexer.ts";
import { COMMA, DUAL_OP, EOL, IDENTIFIER, OP_IDENTIFIER, SEMICOLON } from "./token-kinds.ts";

/** Blanks; after a name, a sign that follows them and has none behind it begins an argument. */
export function lexBlanks(lexer: Lexer): void {
  const { text, tokens } = lexer;
  const at = skipContinued(lexer, lexer.at + 1);
  lexer.at = at;
  if (lexer.previous !== IDENTIFIER) return;
  const sign = text.charCodeAt(at);
  if (sign !== PLUS && sign !== MINUS) return;
  if (!isSignOfArgument(lexer, sign, text.charCodeAt(at + 1), text.charCodeAt(at + 2))) return;
  tokens.kind[tokens.count - 1] = OP_IDENTIFIER;
  lexer.push(DUAL_OP, at + 1, 0);
}

function isSignOfArgument(lexer: Lexer, sign: number, next: number, afterNext: number): boolean {
  if (Number.isNaN(next) || isSpace(next)) return false;
  if (next === COLON && isSpace(afterNext)) return false;
  const marker = String.fromCharCode(next);
  if (lexer.release < 15) return !"([<{%+-/>:".includes(marker);
  if (next === BACKSLASH) return lexer.release < 19;
  return next !== sign && marker !== "/" && marker !== ">";
}

/** Blanks from `from` on; since 1.19 a backslash at the end of a line counts as one. */
function skipContinued(lexer: Lexer, from: number): number {
  let at = lexer.skipBlanks(from);
  while (lexer.release >= 19 && lexer.text.charCodeAt(at) === BACKSLASH) {
    const length = lexer.lineEnd(at + 1);
    if (length === 0 || at + 1 + length >= lexer.text.length) break;
    lexer.newline(at + 1 + length);
    at = lexer.skipBlanks(lexer.at);
  }
  return at;
}

/** Over white space, line ends and comments, to the name that a dot calls. */
export function skipToName(lexer: Lexer): void {
  for (;;) {
    lexer.at = skipContinued(lexer, lexer.at);
    if (lexer.text.charCodeAt(lexer.at) === HASH) lexComment(lexer);
    const length = lexer.lineEnd(lexer.at);
    if (length === 0) return;
    lexer.newline(lexer.at + length);
  }
}

export function lexLineEnd(lexer: Lexer): void {
  const length = lexer.lineEnd(lexer.at);
  if (length === 0) return lexer.invalid("unexpected_character", lexer.at + 1);
  const { previous, tokens } = lexer;
  const end = lexer.at + length;
  if (previous === EOL || previous === COMMA || previous === SEMICOLON) {
    const last = tokens.count - 1;
    tokens.aux[last] = (tokens.aux[last] ?? 0) + 1;
  } else {
    lexer.push(EOL, end, 1);
  }
  lexer.newline(end);
}

/** An end of line after a comment stands, for Elixir, at the column where the comment begins. */
export function lexComment(lexer: Lexer): void {
  const { text, tokens, at } = lexer;
  if (lexer.previous === EOL) tokens.aux[tokens.count - 1] = 0;
  const end = endOfComment(lexer);
  lexer.comments.push({
    text: text.slice(at, end),
    start: at,
    end,
    line: lexer.line,
    column: lexer.column,
  });
  lexer.at = end;
  lexer.columnOffset += end - at;
}

function endOfComment(lexer: Lexer): number {
  const { text } = lexer;
  const newline = text.indexOf("\n", lexer.at);
  let end = newline < 0 ? text.length : newline;
  if (newline > 0 && text.charCodeAt(newline - 1) === CARRIAGE_RETURN) end -= 1;
  for (let at = lexer.at; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (isTreacherous(code, lexer.release)) lexer.treacherous(at, code);
  }
  return end;
}

export function lexSemicolon(lexer: Lexer): void {
  if (lexer.previous === SEMICOLON) return lexer.invalid("unexpected_character", lexer.at + 1, ";");
  lexer.push(SEMICOLON, lexer.at + 1, 0);
}

export function lexContinuation(lexer: Lexer): boolean {
  const length = lexer.lineEnd(lexer.at + 1);
  const end = lexer.at + 1 + length;
  if (length > 0 && end < lexer.text.length) {
    lexer.newline(end);
    return true;
  }
  if (length === 0 && end < lexer.text.length) return false;
  lexer.invalid("invalid_escape", lexer.at + 1, "\\ at the end of the file");
  return true;
}
