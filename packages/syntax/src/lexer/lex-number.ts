// Numbers and `?a` characters. What they are worth is read from their text when a node is made.

import {
  BACKSLASH,
  CARRIAGE_RETURN,
  MINUS,
  NEWLINE,
  PERIOD,
  PLUS,
  UNDERSCORE,
  isDigit,
  isHexDigit,
  isNamePart,
} from "./characters.ts";
import type { Lexer } from "./lexer.ts";
import { CHAR, FLT, INT } from "./token-kinds.ts";

export function lexNumber(lexer: Lexer): void {
  const { text, at } = lexer;
  let end = based(text, at);
  let kind = INT;
  if (end === 0) {
    end = digits(text, at + 1, isDigit);
    if (text.charCodeAt(end) === PERIOD && isDigit(text.charCodeAt(end + 1))) {
      kind = FLT;
      end = exponent(text, digits(text, end + 2, isDigit));
    }
  }
  if (isNamePart(text.charCodeAt(end))) {
    const from = end;
    while (isNamePart(text.charCodeAt(end))) end += 1;
    lexer.report("invalid_number", at, end, `unexpected ${text.slice(from, end)}`);
  } else if (kind === FLT && !Number.isFinite(floatValue(text.slice(at, end)))) {
    lexer.report("invalid_number", at, end, "too large for a float");
  }
  lexer.push(kind, end, 0);
}

export function floatValue(token: string): number {
  return Number(token.replaceAll("_", ""));
}

/** End of a number such as 0xff, 0b10 or 0o17; 0 for others. */
function based(text: string, at: number): number {
  if (text.charCodeAt(at) !== 48) return 0;
  switch (text[at + 1]) {
    case "x":
      return isHexDigit(text.charCodeAt(at + 2)) ? digits(text, at + 3, isHexDigit) : 0;
    case "b":
      return isBinaryDigit(text.charCodeAt(at + 2)) ? digits(text, at + 3, isBinaryDigit) : 0;
    case "o":
      return isOctalDigit(text.charCodeAt(at + 2)) ? digits(text, at + 3, isOctalDigit) : 0;
    case undefined:
    default:
      return 0;
  }
}

function isBinaryDigit(code: number): boolean {
  return code === 48 || code === 49;
}

function isOctalDigit(code: number): boolean {
  return code >= 48 && code <= 55;
}

/** Past digits, with single underscores between. */
function digits(text: string, from: number, isOne: (code: number) => boolean): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isOne(code)) at += 1;
    else if (code === UNDERSCORE && isOne(text.charCodeAt(at + 1))) at += 2;
    else return at;
  }
}

function exponent(text: string, at: number): number {
  if (text[at] !== "e" && text[at] !== "E") return at;
  const sign = text.charCodeAt(at + 1);
  const first = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
  return isDigit(text.charCodeAt(first)) ? digits(text, first, isDigit) : at;
}

/** `?a`, `?\n`, `?\\`: one code point, also a blank or an end of line. */
export function lexCharacter(lexer: Lexer): void {
  const { text, at } = lexer;
  const from = text.charCodeAt(at + 1) === BACKSLASH && at + 2 < text.length ? at + 2 : at + 1;
  const code = text.codePointAt(from);
  if (code === undefined) return lexer.invalid("unexpected_character", at + 1, "?");
  const width = code > 0xffff ? 2 : 1;
  if (code === CARRIAGE_RETURN && lexer.release >= 19) lexer.treacherous(from, code);
  const lineFeed = code === NEWLINE && lexer.release >= 19;
  lexer.push(CHAR, from + width, 0);
  lexer.columnOffset += width - 1;
  if (lineFeed) lexer.newline(from + width);
}
