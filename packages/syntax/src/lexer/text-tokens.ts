// The tokens that quoted text becomes: one for text without interpolation, else an opening, pieces and
// interpolated tokens in turn, and a closing.

import { COLON, isDigit, isLower, isSpace, isUpper } from "./characters.ts";
import { unescapeText } from "./escapes.ts";
import type { Lexer } from "./lexer.ts";
import type { OpenText } from "./open-text.ts";
import { pieceText } from "./quoted-text.ts";
import {
  ATOM_QUOTED,
  KW_IDENTIFIER,
  KW_OPEN,
  TEXT,
  TEXT_CLOSE,
  TEXT_PIECE,
  identifierKind,
} from "./token-kinds.ts";
import { HEREDOC_START } from "./tokens.ts";

/** Texts over several lines that are worth a try when one does not end. */
const MOST_NOTED = 4;

/** The text since the last interpolation, if there is some; a heredoc has a first piece even if empty. */
export function pushPiece(lexer: Lexer, open: OpenText, end: number): void {
  if (end === open.pieceStart && (open.flags & HEREDOC_START) === 0) return;
  lexer.tokens.push(TEXT_PIECE, open.pieceStart, end, lexer.line, 0, open.flags);
}

export function closeText(lexer: Lexer, open: OpenText, contentEnd: number, end: number): void {
  const { record } = open;
  if (open.heredoc) record.indentation = end - 3 - lexer.columnOffset - 1;
  lexer.at = end;
  if (lexer.line > open.line && !open.heredoc) noteMultiline(lexer, open);
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

function noteMultiline({ multiline }: Lexer, { record, start }: OpenText): void {
  const plain = record.sort === "string" || record.sort === "charlist";
  if (plain && multiline.length < MOST_NOTED) multiline.push(start);
}
