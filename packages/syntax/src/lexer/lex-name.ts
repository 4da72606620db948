// Names: identifiers, aliases, keywords such as `do:`, reserved words and atoms.

import {
  AT,
  BANG,
  COLON,
  DOUBLE_QUOTE,
  QUESTION,
  SINGLE_QUOTE,
  SLASH,
  isNamePart,
  isSpace,
  isUpper,
} from "./characters.ts";
import { scanName, type ScannedName } from "./identifiers.ts";
import { operatorAtomLength } from "./lex-operator.ts";
import { openQuotes } from "./lex-quotes.ts";
import type { Lexer } from "./lexer.ts";
import {
  ALIAS,
  AND_OP,
  ATOM,
  BLOCK_IDENTIFIER,
  DO,
  DOT,
  DO_IDENTIFIER,
  END,
  FALSE,
  FN,
  IDENTIFIER,
  IN_OP,
  KW_IDENTIFIER,
  NIL,
  OR_OP,
  TRUE,
  UNARY_OP,
  WHEN_OP,
  identifierKind,
} from "./token-kinds.ts";

const RESERVED = new Map<string, number>([
  ["fn", FN],
  ["do", DO],
  ["end", END],
  ["true", TRUE],
  ["false", FALSE],
  ["nil", NIL],
  ["not", UNARY_OP],
  ["and", AND_OP],
  ["or", OR_OP],
  ["when", WHEN_OP],
  ["in", IN_OP],
  ["after", BLOCK_IDENTIFIER],
  ["else", BLOCK_IDENTIFIER],
  ["catch", BLOCK_IDENTIFIER],
  ["rescue", BLOCK_IDENTIFIER],
]);
const LONGEST_RESERVED = 6;
const LONGEST_ATOM = 255;

/** A name at the lexer's place; other characters there are reported. */
export function lexName(lexer: Lexer): void {
  const { text, at } = lexer;
  let end = at;
  while (isNamePart(text.charCodeAt(end))) end += 1;
  let code = text.charCodeAt(end);
  if (code > 127 || code === AT) return lexUnicodeName(lexer);
  if (code === QUESTION || code === BANG) {
    end += 1;
    code = text.charCodeAt(end);
  }
  if (end - at > LONGEST_ATOM) lexer.report("name_too_long", at, end);
  if (code === COLON && lexKeyword(lexer, end, 0)) return;
  if (isUpper(text.charCodeAt(at))) {
    const last = text.charCodeAt(end - 1);
    if (last === QUESTION || last === BANG) lexer.report("invalid_name", at, end, "an alias");
    lexer.push(ALIAS, end, 0);
    return;
  }
  if (end - at <= LONGEST_RESERVED && lexer.previous !== DOT) {
    const kind = RESERVED.get(text.slice(at, end));
    if (kind !== undefined) return lexReserved(lexer, kind, end);
  }
  if (isReservedName(text, at, end)) lexer.report("reserved_name", at, end);
  lexer.push(identifierKind(code), end, 0);
}

function isReservedName(text: string, at: number, end: number): boolean {
  if (text.charCodeAt(at) !== 95 || (end - at !== 9 && end - at !== 11)) return false;
  return text.startsWith("__block__", at) || text.startsWith("__aliases__", at);
}

/** `name:` before white space is a keyword; before anything else but another colon it is a mistake. */
function lexKeyword(lexer: Lexer, end: number, aux: number): boolean {
  const next = lexer.text.charCodeAt(end + 1);
  if (next === COLON || Number.isNaN(next)) return false;
  if (!isSpace(next)) lexer.report("keyword_needs_space", lexer.at, end + 1);
  lexer.push(KW_IDENTIFIER, end + 1, aux);
  return true;
}

function lexReserved(lexer: Lexer, kind: number, end: number): void {
  switch (kind) {
    case DO:
      if (lexer.previous === IDENTIFIER) lexer.tokens.kind[lexer.tokens.count - 1] = DO_IDENTIFIER;
      lexer.dropEol();
      break;
    case UNARY_OP:
    case AND_OP:
    case OR_OP:
    case WHEN_OP:
    case IN_OP:
      return lexWordOperator(lexer, kind, end);
  }
  lexer.push(kind, end, 0);
}

/** `and`, `or`, `in`, `when`, `not`; before a slash it is the name in `and/2`. */
function lexWordOperator(lexer: Lexer, kind: number, end: number): void {
  const { text, tokens } = lexer;
  if (text.charCodeAt(lexer.skipBlanks(end)) === SLASH) {
    lexer.push(IDENTIFIER, end, 0);
    return;
  }
  if (kind === UNARY_OP) {
    lexer.push(UNARY_OP, end, 0);
    return;
  }
  const not = tokens.count - 1;
  if (kind === IN_OP && lexer.previous === UNARY_OP && text.startsWith("not", tokens.start[not])) {
    return lexNotIn(lexer, not, end);
  }
  const newlines = lexer.newlinesBefore();
  lexer.dropEol();
  lexer.push(kind, end, newlines);
}

/** `not in` is one operator, which stands where its `not` stands. */
function lexNotIn(lexer: Lexer, not: number, end: number): void {
  const { tokens, line, column } = lexer;
  const start = tokens.start[not] ?? 0;
  const notLine = tokens.line[not] ?? 1;
  const notColumn = tokens.column[not] ?? 1;
  tokens.count = not;
  tokens.notIn.push({ line, column, newlines: lexer.newlinesBefore() });
  lexer.dropEol();
  tokens.push(IN_OP, start, end, notLine, notColumn, -tokens.notIn.length);
  lexer.at = end;
}

function lexUnicodeName(lexer: Lexer): void {
  const { text, at } = lexer;
  const scanned = scanName(text, at, lexer.release);
  if (scanned === null) {
    const length = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return lexer.invalid("unexpected_character", at + length);
  }
  const { end } = scanned;
  checkName(lexer, scanned, end);
  const special = specialName(lexer, scanned.name, text.slice(at, end));
  if (text.charCodeAt(end) !== COLON || !lexKeyword(lexer, end, -special)) {
    checkSort(lexer, scanned);
    const kind = scanned.sort === "alias" ? ALIAS : identifierKind(text.charCodeAt(end));
    lexer.push(kind, end, special);
  }
  // a character beyond the basic plane is one column and two units
  lexer.columnOffset += end - at - scanned.length;
}

function checkName(lexer: Lexer, { length, mixesScripts }: ScannedName, end: number): void {
  if (length > LONGEST_ATOM) lexer.report("name_too_long", lexer.at, end);
  if (mixesScripts) lexer.report("invalid_name", lexer.at, end, "letters of several scripts");
}

function checkSort(lexer: Lexer, { sort, name, end }: ScannedName): void {
  if (sort === "alias") {
    lexer.report("invalid_name", lexer.at, end, "an alias has only ASCII letters, digits and _");
  } else if (sort === "atom" || name.includes("@")) {
    lexer.report("invalid_name", lexer.at, end);
  }
}

/** Index + 1 of a name that is not as written, 0 for one that is. */
function specialName({ tokens }: Lexer, name: string, written: string): number {
  return name === written ? 0 : tokens.names.push({ name, raw: name, delimiter: "" });
}

/** An atom at a colon; false when the colon begins none. */
export function lexAtom(lexer: Lexer): boolean {
  const { text, at } = lexer;
  const next = text.charCodeAt(at + 1);
  if (next === DOUBLE_QUOTE || next === SINGLE_QUOTE) {
    openQuotes(lexer, "atom", next, 2);
    return true;
  }
  const operator = operatorAtomLength(text, at + 1);
  if (operator > 0) {
    lexer.push(ATOM, at + 1 + operator, 0);
    return true;
  }
  if (next === COLON) return false;
  return lexNamedAtom(lexer, next);
}

function lexNamedAtom(lexer: Lexer, first: number): boolean {
  const { text, at } = lexer;
  let end = at + 1;
  if (isNamePart(first) && !(first >= 48 && first <= 57)) {
    while (isNamePart(text.charCodeAt(end)) || text.charCodeAt(end) === AT) end += 1;
    const code = text.charCodeAt(end);
    if (!(code > 127)) {
      if (code === QUESTION || code === BANG) end += 1;
      if (end - at - 1 > LONGEST_ATOM) lexer.report("name_too_long", at, end);
      lexer.push(ATOM, end, 0);
      return true;
    }
  } else if (!(first > 127)) {
    return false;
  }
  const scanned = scanName(text, at + 1, lexer.release);
  if (scanned === null) return false;
  checkName(lexer, scanned, scanned.end);
  lexer.push(ATOM, scanned.end, specialName(lexer, scanned.name, text.slice(at + 1, scanned.end)));
  lexer.columnOffset += scanned.end - at - 1 - scanned.length;
  return true;
}
