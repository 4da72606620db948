// Text to tokens, as Elixir's tokenizer makes them: what a token is depends on the one before it (`foo -1`,
// `foo do`, `not in`, a line that goes on), so tokens already made are changed. Quoted text with
// interpolation lies flat among the other tokens; a stack of open texts takes the place of recursion.

import {
  BACKSLASH,
  BRACE_LEFT,
  BRACE_RIGHT,
  BRACKET_LEFT,
  BRACKET_RIGHT,
  CARRIAGE_RETURN,
  COLON,
  COMMA_SIGN,
  DOUBLE_QUOTE,
  HASH,
  LESS,
  NEWLINE,
  PAREN_LEFT,
  PAREN_RIGHT,
  PERCENT,
  PERIOD,
  QUESTION,
  SEMI,
  SINGLE_QUOTE,
  SPACE,
  TAB,
  TILDE,
  isDigit,
  isNameStart,
} from "./characters.ts";
import { lexAtom, lexName } from "./lex-name.ts";
import { lexCharacter, lexNumber } from "./lex-number.ts";
import { isOperatorStart, lexDot, lexOperator, opensKeyword } from "./lex-operator.ts";
import { lexQuotes, lexSigil } from "./lex-quotes.ts";
import { lexBlanks, lexComment, lexContinuation, lexLineEnd, lexSemicolon } from "./lex-space.ts";
import { dropInterpolation, resumeText } from "./lex-text.ts";
import type { Lexer } from "./lexer.ts";
import {
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COMMA,
  CURLY_CLOSE,
  CURLY_OPEN,
  EOF,
  INTERPOLATION_CLOSE,
  MAP_OP,
  PAREN_CLOSE,
  PAREN_OPEN,
  STRUCT_OP,
} from "./token-kinds.ts";
import type { Tokens } from "./tokens.ts";

export function lexText(lexer: Lexer): Tokens {
  const { text } = lexer;
  if (text.charCodeAt(0) === 0xfeff) byteOrderMark(lexer);
  for (;;) {
    while (lexer.at < text.length) lexToken(lexer, text.charCodeAt(lexer.at));
    if (lexer.open.length === 0) break;
    dropInterpolation(lexer);
  }
  lexer.push(EOF, lexer.at, 0);
  return lexer.tokens;
}

function lexToken(lexer: Lexer, code: number): void {
  if (code === SPACE || code === TAB) return lexBlanks(lexer);
  if (isNameStart(code)) return lexName(lexer);
  if (isDigit(code)) return lexNumber(lexer);
  switch (code) {
    case NEWLINE:
    case CARRIAGE_RETURN:
      return lexLineEnd(lexer);
    case HASH:
      return lexComment(lexer);
    case COMMA_SIGN:
      lexer.push(COMMA, lexer.at + 1, 0);
      return;
    case PAREN_LEFT:
      lexer.push(PAREN_OPEN, lexer.at + 1, 0);
      return;
    case PAREN_RIGHT:
      lexer.push(PAREN_CLOSE, lexer.at + 1, 0);
      return;
    case BRACKET_LEFT:
      lexer.push(BRACKET_OPEN, lexer.at + 1, 0);
      return;
    case BRACKET_RIGHT:
      lexer.push(BRACKET_CLOSE, lexer.at + 1, 0);
      return;
    case BRACE_LEFT:
      return openBrace(lexer);
    case BRACE_RIGHT:
      return closeBrace(lexer);
    case DOUBLE_QUOTE:
    case SINGLE_QUOTE:
      return lexQuotes(lexer, code);
    case TILDE:
      if (lexSigil(lexer)) return;
      break;
    case COLON:
      if (lexAtom(lexer)) return;
      break;
    case PERIOD:
      return lexDot(lexer);
    case QUESTION:
      return lexCharacter(lexer);
    case SEMI:
      return lexSemicolon(lexer);
    case BACKSLASH:
      if (lexContinuation(lexer)) return;
      break;
    case PERCENT:
      return percent(lexer);
    case LESS:
      if (versionControlMarker(lexer)) return;
      break;
  }
  if (isOperatorStart(code)) return lexOperator(lexer, code);
  if (code > 127) return lexName(lexer);
  lexer.invalid("unexpected_character", lexer.at + 1);
}

function openBrace(lexer: Lexer): void {
  if (opensKeyword(lexer, "{}", 2)) return;
  lexer.braces += 1;
  lexer.push(CURLY_OPEN, lexer.at + 1, 0);
}

function closeBrace(lexer: Lexer): void {
  if (lexer.braces === 0 && lexer.open.length > 0) {
    lexer.push(INTERPOLATION_CLOSE, lexer.at + 1, 0);
    return resumeText(lexer);
  }
  if (lexer.braces > 0) lexer.braces -= 1;
  lexer.push(CURLY_CLOSE, lexer.at + 1, 0);
}

/** `%{` are two tokens, which since 1.17 stand in one place. */
function percent(lexer: Lexer): void {
  if (opensKeyword(lexer, "%{}", 3) || opensKeyword(lexer, "%", 1)) return;
  if (lexer.text.charCodeAt(lexer.at + 1) !== BRACE_LEFT) {
    lexer.push(STRUCT_OP, lexer.at + 1, 0);
    return;
  }
  const start = lexer.at;
  lexer.push(MAP_OP, start + 1, 0);
  lexer.braces += 1;
  const open = lexer.push(CURLY_OPEN, start + 2, 0);
  if (lexer.release < 17) return;
  const { column } = lexer.tokens;
  column[open] = (column[open] ?? 1) - 1;
}

function versionControlMarker(lexer: Lexer): boolean {
  if (lexer.column !== 1 || !lexer.text.startsWith("<<<<<<<", lexer.at)) return false;
  const newline = lexer.text.indexOf("\n", lexer.at);
  lexer.invalid("version_control_marker", newline < 0 ? lexer.text.length : newline);
  return true;
}

/** Elixir knows none; what follows is read all the same. */
function byteOrderMark(lexer: Lexer): void {
  lexer.report("unexpected_character", 0, 1, "a byte order mark");
  lexer.at = 1;
  lexer.columnOffset = 0;
}
