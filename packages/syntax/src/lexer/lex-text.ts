// Reading on in quoted text, to its end or to the next interpolation in it.

import {
  BACKSLASH,
  BRACE_LEFT,
  BRACE_RIGHT,
  CARRIAGE_RETURN,
  HASH,
  NEWLINE,
  isTreacherous,
} from "./characters.ts";
import { graphemeEnd } from "./graphemes.ts";
import type { Lexer } from "./lexer.ts";
import type { OpenText } from "./open-text.ts";
import { closeText, pushPiece } from "./text-tokens.ts";
import { INTERPOLATION_OPEN, TEXT_OPEN } from "./token-kinds.ts";
import { ESCAPED_TERMINATOR, HAS_ESCAPES, HEREDOC_START } from "./tokens.ts";
import { cutAtLineEnd, missingKey, returnTo } from "./unfinished-text.ts";

/** After the `}` of an interpolation. */
export function resumeText(lexer: Lexer): void {
  const open = lexer.open.pop();
  if (open === undefined) return;
  lexer.braces = open.braces;
  open.pieceStart = lexer.at;
  open.flags = 0;
  scanText(lexer, open);
}

/** Reads on to the end of the text, or to the next interpolation in it. */
export function scanText(lexer: Lexer, open: OpenText): void {
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
  scanText(lexer, open);
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
