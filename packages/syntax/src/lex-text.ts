// Quoted text: strings, charlists, heredocs, sigils, quoted atoms, keywords and names. Text without
// interpolation is one token; otherwise an opening, pieces and interpolated tokens in turn, a closing.

import {
  BACKSLASH,
  BRACE_LEFT,
  BRACKET_LEFT,
  BRACKET_RIGHT,
  BRACE_RIGHT,
  CARRIAGE_RETURN,
  COLON,
  DOUBLE_QUOTE,
  GREATER,
  HASH,
  LESS,
  NEWLINE,
  PAREN_LEFT,
  PAREN_RIGHT,
  PIPE,
  SINGLE_QUOTE,
  SLASH,
  isDigit,
  isLower,
  isSpace,
  isTreacherous,
  isUpper,
} from "./characters.ts";
import { unescapeText } from "./escapes.ts";
import { graphemeEnd } from "./graphemes.ts";
import type { Lexer } from "./lexer.ts";
import { pieceText } from "./quoted-text.ts";
import {
  ATOM_QUOTED,
  INTERPOLATION_OPEN,
  KW_IDENTIFIER,
  KW_OPEN,
  TEXT,
  TEXT_CLOSE,
  TEXT_OPEN,
  TEXT_PIECE,
  identifierKind,
} from "./token-kinds.ts";
import {
  ESCAPED_TERMINATOR,
  HAS_ESCAPES,
  HEREDOC_START,
  type QuotedText,
  type TextSort,
} from "./tokens.ts";

/** A text that is being read. */
export type OpenText = {
  readonly record: QuotedText;
  /** the quote or bracket that ends it, three times in a heredoc */
  readonly terminator: number;
  readonly heredoc: boolean;
  /** of its opening */
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** where its first character stands */
  readonly contentStart: number;
  /** index of its TEXT_OPEN, -1 until the first interpolation */
  token: number;
  pieceStart: number;
  flags: number;
  /** `{` that were open around it */
  readonly braces: number;
  /** to go back to when it does not end */
  readonly marks: Marks;
};

type Marks = { tokens: number; comments: number; diagnostics: number; texts: number };

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

function newRecord(
  sort: TextSort,
  delimiter: string,
  interpolates: boolean,
  name: string,
): QuotedText {
  return {
    sort,
    delimiter,
    interpolates,
    indentation: -1,
    name,
    modifiers: "",
    contentStart: 0,
    contentEnd: 0,
    flags: 0,
  };
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
  const searched = lexer.missing.get(missingKey(open));
  if (searched !== undefined && searched <= lexer.at) return cutAtLineEnd(lexer, open);
  lexer.at = contentStart;
  scan(lexer, open);
}

/** After the `}` of an interpolation. */
export function resumeText(lexer: Lexer): void {
  const open = lexer.open.pop();
  if (open === undefined) return;
  lexer.braces = open.braces;
  open.pieceStart = lexer.at;
  open.flags = 0;
  scan(lexer, open);
}

/** Reads on to the end of the text, or to the next interpolation in it. */
function scan(lexer: Lexer, open: OpenText): void {
  const { text } = lexer;
  const { terminator, heredoc } = open;
  const { interpolates } = open.record;
  const end = text.length;
  let at = lexer.at;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === terminator && !heredoc) return closeText(lexer, open, at, at + 1);
    if (code === NEWLINE || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) === NEWLINE)) {
      at += code === NEWLINE ? 1 : 2;
      lexer.newline(at);
      if (!heredoc) continue;
      const first = lexer.skipBlanks(at);
      if (isTriple(text, first, terminator)) return closeText(lexer, open, at, first + 3);
      at = first;
      continue;
    }
    if (code === BACKSLASH) {
      at = escape(lexer, open, at);
      continue;
    }
    if (code === HASH && interpolates && text.charCodeAt(at + 1) === BRACE_LEFT) {
      if (mayInterpolate(lexer, at)) return openInterpolation(lexer, open, at);
    }
    if (code < 128 && !(text.charCodeAt(at + 1) > 255)) {
      if (code < 32 && isTreacherous(code, lexer.release)) lexer.treacherous(at, code);
      at += 1;
      continue;
    }
    at = wideCharacter(lexer, at, code);
  }
  lexer.missing.set(missingKey(open), open.start);
  cutAtLineEnd(lexer, open);
}

function isTriple(text: string, at: number, quote: number): boolean {
  return (
    text.charCodeAt(at) === quote &&
    text.charCodeAt(at + 1) === quote &&
    text.charCodeAt(at + 2) === quote
  );
}

/** Past one grapheme cluster, which is one column however many units it has. */
function wideCharacter(lexer: Lexer, at: number, code: number): number {
  if (isTreacherous(code, lexer.release)) lexer.treacherous(at, code);
  const joins = code > 255 || lexer.text.charCodeAt(at + 1) > 255;
  const end = joins ? graphemeEnd(lexer.text, at, lexer.release >= 19) : at + 1;
  lexer.columnOffset += end - at - 1;
  return end;
}

/** Past a backslash and what it escapes. */
function escape(lexer: Lexer, open: OpenText, at: number): number {
  const { text } = lexer;
  const next = text.charCodeAt(at + 1);
  if (lexer.lineEnd(at + 1) > 0) {
    open.flags |= HAS_ESCAPES;
    // the end of line is read as any other
    return at + 1;
  }
  if (open.heredoc ? isTriple(text, at + 1, open.terminator) : next === open.terminator) {
    open.flags |= ESCAPED_TERMINATOR | HAS_ESCAPES;
    return at + (open.heredoc ? 4 : 2);
  }
  open.flags |= HAS_ESCAPES;
  if (next === HASH && open.record.interpolates && text.charCodeAt(at + 2) === BRACE_LEFT) {
    // up to 1.14 these three characters are counted as one column
    if (lexer.release < 15) lexer.columnOffset += 2;
    return at + 3;
  }
  if (Number.isNaN(next)) return at + 1;
  return wideCharacter(lexer, at + 1, next);
}

function openInterpolation(lexer: Lexer, open: OpenText, at: number): void {
  const { tokens } = lexer;
  if (open.token < 0) {
    open.token = tokens.push(
      TEXT_OPEN,
      open.start,
      open.contentStart,
      open.line,
      open.column,
      tokens.texts.length,
    );
    tokens.texts.push(open.record);
  }
  pushPiece(lexer, open, at);
  lexer.at = at;
  lexer.push(INTERPOLATION_OPEN, at + 2, 0);
  lexer.open.push(open);
  lexer.braces = 0;
}

/** The text since the last interpolation, if there is some; a heredoc has a first piece even if empty. */
function pushPiece(lexer: Lexer, open: OpenText, end: number): void {
  if (end === open.pieceStart && (open.flags & HEREDOC_START) === 0) return;
  lexer.tokens.push(TEXT_PIECE, open.pieceStart, end, lexer.line, 0, open.flags);
}

function closeText(lexer: Lexer, open: OpenText, contentEnd: number, end: number): void {
  const { record } = open;
  if (open.heredoc) record.indentation = end - 3 - lexer.columnOffset - 1;
  lexer.at = end;
  if (isKeyword(lexer, open)) record.sort = "keyword";
  if (record.sort === "sigil") record.modifiers = modifiers(lexer);
  if (open.token < 0) pushWhole(lexer, open, contentEnd);
  else pushClosing(lexer, open, contentEnd);
}

function isKeyword({ text, at }: Lexer, { heredoc, record }: OpenText): boolean {
  if (heredoc || (record.sort !== "string" && record.sort !== "charlist")) return false;
  return text.charCodeAt(at) === COLON && isSpace(text.charCodeAt(at + 1));
}

function modifiers(lexer: Lexer): string {
  const { text, at } = lexer;
  let end = at;
  for (;;) {
    const code = text.charCodeAt(end);
    if (!isLower(code) && !isUpper(code) && !isDigit(code)) break;
    end += 1;
  }
  lexer.at = end;
  return text.slice(at, end);
}

/** Text without interpolation: one token. */
function pushWhole(lexer: Lexer, open: OpenText, contentEnd: number): void {
  const { tokens } = lexer;
  const { record } = open;
  record.contentStart = open.contentStart;
  record.contentEnd = contentEnd;
  record.flags = open.flags;
  if (record.sort === "name") return pushName(lexer, open);
  const index = tokens.texts.length;
  tokens.texts.push(record);
  let kind = TEXT;
  let aux = index;
  if (record.sort === "atom") kind = ATOM_QUOTED;
  if (record.sort === "keyword") {
    kind = KW_IDENTIFIER;
    aux = index + 1;
    lexer.at += 1;
  }
  if (kind !== TEXT && contentEnd - open.contentStart > 255) checkLength(lexer, open);
  tokens.push(kind, open.start, lexer.at, open.line, open.column, aux);
}

/** The name of a call, `foo."bar"()`. */
function pushName(lexer: Lexer, open: OpenText): void {
  const { tokens, text } = lexer;
  const { record } = open;
  const raw = pieceText(text, record, record.contentStart, record.contentEnd, record.flags);
  tokens.names.push({ name: unescapeText(raw), raw, delimiter: record.delimiter });
  if (record.contentEnd - record.contentStart > 255) checkLength(lexer, open);
  const kind = identifierKind(text.charCodeAt(lexer.at));
  tokens.push(kind, open.start, lexer.at, open.line, open.column, tokens.names.length);
}

function checkLength(lexer: Lexer, open: OpenText): void {
  const { record, start } = open;
  const raw = pieceText(lexer.text, record, record.contentStart, record.contentEnd, record.flags);
  if (Buffer.byteLength(unescapeText(raw)) <= 255) return;
  lexer.diagnostics.add("name_too_long", start, lexer.at, open.line, open.column);
}

function pushClosing(lexer: Lexer, open: OpenText, contentEnd: number): void {
  const { tokens } = lexer;
  const { record } = open;
  pushPiece(lexer, open, contentEnd);
  if (record.sort === "keyword") {
    tokens.kind[open.token] = KW_OPEN;
    lexer.at += 1;
  }
  if (record.sort === "name") {
    lexer.diagnostics.add("interpolated_name", open.start, lexer.at, open.line, open.column);
  }
  const column = lexer.column;
  tokens.push(TEXT_CLOSE, lexer.at, lexer.at, lexer.line, column, 0);
}

/**
 * The end of the file came inside an interpolation. The outermost text is read again with fewer of them:
 * first with those that end on their line, then with none, so that a file is read three times at most.
 */
export function dropInterpolation(lexer: Lexer): void {
  const [open] = lexer.open;
  if (open === undefined) return;
  lexer.open.length = 0;
  lexer.interpolations = lexer.interpolations === "all" ? "on one line" : "none";
  returnTo(lexer, open);
  lexer.diagnostics.add(
    "missing_terminator",
    open.start,
    open.contentStart,
    open.line,
    open.column,
    "} of an interpolation",
  );
  open.token = -1;
  open.pieceStart = open.contentStart;
  open.flags = open.heredoc ? HEREDOC_START : 0;
  lexer.at = open.contentStart;
  scan(lexer, open);
}

const LONGEST_LINE_SEARCH = 4096;

function mayInterpolate(lexer: Lexer, at: number): boolean {
  if (lexer.interpolations === "all") return true;
  if (lexer.interpolations === "none") return false;
  const { text } = lexer;
  let end = at;
  const limit = Math.min(text.length, at + LONGEST_LINE_SEARCH);
  while (end < limit && text.charCodeAt(end) !== NEWLINE) {
    if (text.charCodeAt(end) === BRACE_RIGHT) return true;
    end += 1;
  }
  return false;
}

function missingKey({ terminator, heredoc }: Pick<OpenText, "terminator" | "heredoc">): string {
  return `${String.fromCharCode(terminator)}${heredoc ? "3" : "1"}`;
}

/** As if nothing had been read since a text began. */
function returnTo(lexer: Lexer, open: OpenText): void {
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
function cutAtLineEnd(lexer: Lexer, open: OpenText): void {
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
