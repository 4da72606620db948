// Where quoted text begins: strings, charlists, heredocs, sigils, and the quotes of atoms and names.

import {
  BRACE_LEFT,
  BRACE_RIGHT,
  BRACKET_LEFT,
  BRACKET_RIGHT,
  DOUBLE_QUOTE,
  GREATER,
  LESS,
  PAREN_LEFT,
  PAREN_RIGHT,
  PIPE,
  SINGLE_QUOTE,
  SLASH,
  isDigit,
  isLower,
  isUpper,
} from "./characters.ts";
import { scanText } from "./lex-text.ts";
import type { Lexer } from "./lexer.ts";
import { newRecord, type OpenText } from "./open-text.ts";
import { HEREDOC_START, type QuotedText, type TextSort } from "./tokens.ts";
import { cutAtLineEnd, missingKey } from "./unfinished-text.ts";

export function lexQuotes(lexer: Lexer, quote: number): void {
  const { text, at } = lexer;
  const sort: TextSort = quote === DOUBLE_QUOTE ? "string" : "charlist";
  if (text.charCodeAt(at + 1) !== quote || text.charCodeAt(at + 2) !== quote) {
    return openQuotes(lexer, sort, quote, 1);
  }
  const delimiter = text.slice(at, at + 3);
  const record = newRecord(sort, delimiter, true, "");
  openHeredoc(lexer, record, quote, at + 3);
}

/** Text in one quote, after a prefix that `length` counts in (the colon of an atom). */
export function openQuotes(lexer: Lexer, sort: TextSort, quote: number, length: number): void {
  const record = newRecord(sort, String.fromCharCode(quote), true, "");
  openText(lexer, record, quote, false, lexer.at + length);
}

/** A sigil at a tilde; false when no letter follows it. */
export function lexSigil(lexer: Lexer): boolean {
  const { text, at } = lexer;
  const first = text.charCodeAt(at + 1);
  if (!isLower(first) && !isUpper(first)) return false;
  let end = at + 2;
  if (isUpper(first)) {
    while (isUpper(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end += 1;
  }
  const name = text.slice(at + 1, end);
  const opening = text.charCodeAt(end);
  const terminator = sigilTerminator(opening);
  if (terminator === 0) {
    lexer.invalid("invalid_sigil", end);
    return true;
  }
  const quoted = opening === DOUBLE_QUOTE || opening === SINGLE_QUOTE;
  const heredoc =
    quoted && text.charCodeAt(end + 1) === opening && text.charCodeAt(end + 2) === opening;
  const length = heredoc ? 3 : 1;
  const record = newRecord("sigil", text.slice(end, end + length), isLower(first), name);
  if (heredoc) openHeredoc(lexer, record, terminator, end + 3);
  else openText(lexer, record, terminator, false, end + 1);
  return true;
}

function sigilTerminator(opening: number): number {
  switch (opening) {
    case PAREN_LEFT:
      return PAREN_RIGHT;
    case BRACKET_LEFT:
      return BRACKET_RIGHT;
    case BRACE_LEFT:
      return BRACE_RIGHT;
    case LESS:
      return GREATER;
    case SLASH:
    case PIPE:
    case DOUBLE_QUOTE:
    case SINGLE_QUOTE:
      return opening;
    default:
      return 0;
  }
}

/** The content of a heredoc begins with the end of the line of its opening quotes. */
function openHeredoc(lexer: Lexer, record: QuotedText, terminator: number, from: number): void {
  const at = lexer.skipBlanks(from);
  if (lexer.lineEnd(at) > 0) return openText(lexer, record, terminator, true, at);
  lexer.report("invalid_heredoc", lexer.at, from);
  const newline = lexer.text.indexOf("\n", at);
  openText(lexer, record, terminator, true, newline < 0 ? lexer.text.length : newline);
}

function openText(
  lexer: Lexer,
  record: QuotedText,
  terminator: number,
  heredoc: boolean,
  contentStart: number,
): void {
  const { tokens, comments, diagnostics } = lexer;
  const open: OpenText = {
    record,
    terminator,
    heredoc,
    start: lexer.at,
    line: lexer.line,
    column: lexer.column,
    contentStart,
    token: -1,
    pieceStart: contentStart,
    flags: heredoc ? HEREDOC_START : 0,
    braces: lexer.braces,
    marks: {
      tokens: tokens.count,
      comments: comments.length,
      diagnostics: diagnostics.list.length,
      texts: tokens.texts.length,
    },
  };
  if (isKnownOpen(lexer, open)) return cutAtLineEnd(lexer, open);
  lexer.at = contentStart;
  scanText(lexer, open);
}

/** Is it known that the text does not end, or that it is better taken not to? */
function isKnownOpen(lexer: Lexer, open: OpenText): boolean {
  if (lexer.cut === open.start) return true;
  const searched = lexer.missing.get(missingKey(open));
  return searched !== undefined && searched <= open.start;
}
