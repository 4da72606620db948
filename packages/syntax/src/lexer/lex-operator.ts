// Operators, the dot, and the names that operators are in `+/2`, `:+`, `foo.+` and `+: 1`.

import {
  AMPERSAND,
  COLON,
  DOUBLE_QUOTE,
  PAREN_LEFT,
  PERIOD,
  SINGLE_QUOTE,
  SLASH,
  isDigit,
  isSpace,
} from "./characters.ts";
import { openQuotes } from "./lex-quotes.ts";
import { skipToName } from "./lex-space.ts";
import type { Lexer } from "./lexer.ts";
import {
  AND_OP,
  ARROW_OP,
  ASSOC_OP,
  AT_OP,
  BIT_CLOSE,
  BIT_OPEN,
  CAPTURE_INT,
  CAPTURE_OP,
  COMP_OP,
  CONCAT_OP,
  DOT,
  DOT_CALL_OP,
  DUAL_OP,
  ELLIPSIS_OP,
  IDENTIFIER,
  IN_MATCH_OP,
  KW_IDENTIFIER,
  MATCH_OP,
  MULT_OP,
  OR_OP,
  PIPE_OP,
  POWER_OP,
  RANGE_OP,
  REL_OP,
  STAB_OP,
  TERNARY_OP,
  TYPE_OP,
  UNARY_OP,
  XOR_OP,
  identifierKind,
} from "./token-kinds.ts";

const KINDS: readonly (readonly [kind: number, operators: string])[] = [
  [UNARY_OP, "~~~ ! ^"],
  [COMP_OP, "=== !== == != =~"],
  [AND_OP, "&&& &&"],
  [OR_OP, "||| ||"],
  [XOR_OP, "^^^"],
  [CONCAT_OP, "+++ --- ++ -- <>"],
  [ARROW_OP, "<<< >>> ~>> <<~ <~> <|> |> ~> <~"],
  [ELLIPSIS_OP, "..."],
  [TERNARY_OP, "//"],
  [POWER_OP, "**"],
  [RANGE_OP, ".."],
  [REL_OP, "<= >= < >"],
  [IN_MATCH_OP, "<- \\\\"],
  [TYPE_OP, "::"],
  [STAB_OP, "->"],
  [ASSOC_OP, "=>"],
  [BIT_OPEN, "<<"],
  [BIT_CLOSE, ">>"],
  [CAPTURE_OP, "&"],
  [AT_OP, "@"],
  [DUAL_OP, "+ -"],
  [MULT_OP, "* /"],
  [MATCH_OP, "="],
  [PIPE_OP, "|"],
  [DOT, "."],
];

type Operator = { readonly text: string; readonly kind: number };

/** Operators by their first character, longest first. */
const BY_FIRST: readonly (readonly Operator[] | undefined)[] = byFirst();

function byFirst(): (readonly Operator[] | undefined)[] {
  const all = KINDS.flatMap(([kind, operators]) =>
    operators.split(" ").map((text): Operator => ({ text, kind })),
  );
  const table: (readonly Operator[] | undefined)[] = Array.from({ length: 128 });
  for (const { text } of all) {
    const same = all.filter((operator) => operator.text[0] === text[0]);
    table[text.charCodeAt(0)] = same.toSorted((a, b) => b.text.length - a.text.length);
  }
  return table;
}

export function isOperatorStart(code: number): boolean {
  return code < 128 && BY_FIRST[code] !== undefined;
}

function operatorAt(text: string, at: number): Operator | null {
  for (const operator of BY_FIRST[text.charCodeAt(at)] ?? []) {
    if (operator.text.length === 1 || text.startsWith(operator.text, at)) return operator;
  }
  return null;
}

/** Is `name` here the keyword `name:`? Then it has been read. */
export function opensKeyword(lexer: Lexer, name: string, length: number): boolean {
  const { text, at } = lexer;
  if (text.charCodeAt(at + length) !== COLON || !isSpace(text.charCodeAt(at + length + 1))) {
    return false;
  }
  if (!text.startsWith(name, at)) return false;
  lexer.push(KW_IDENTIFIER, at + length + 1, 0);
  return true;
}

export function lexOperator(lexer: Lexer, first: number): void {
  const { text, at } = lexer;
  const operator = operatorAt(text, at);
  if (operator === null) return lexer.invalid("unexpected_character", at + 1);
  const { kind } = operator;
  const { length } = operator.text;
  const end = at + length;
  switch (kind) {
    case BIT_OPEN:
      if (opensKeyword(lexer, "<<>>", 4)) return;
      lexer.push(kind, end, 0);
      return;
    case BIT_CLOSE:
      lexer.push(kind, end, 0);
      return;
    case ASSOC_OP:
    case TERNARY_OP:
      return pushBinary(lexer, kind, end);
  }
  if (opensKeyword(lexer, operator.text, length)) return;
  if (first === AMPERSAND && length === 1) return lexCapture(lexer);
  if (text.charCodeAt(lexer.skipBlanks(end)) === SLASH) {
    lexer.push(IDENTIFIER, end, 0);
    return;
  }
  switch (kind) {
    case UNARY_OP:
    case AT_OP:
    case DUAL_OP:
      lexer.push(kind, end, 0);
      return;
    default:
      pushBinary(lexer, kind, end);
  }
}

/** An operator that goes on with the line before it. */
function pushBinary(lexer: Lexer, kind: number, end: number): void {
  const newlines = lexer.newlinesBefore();
  lexer.dropEol();
  lexer.push(kind, end, newlines);
}

/** `&1`, `& &1`, `&/2` (the name of `&`), and `&//2` (the capture of `/`). */
function lexCapture(lexer: Lexer): void {
  const { text, at } = lexer;
  const end = at + 1;
  if (lexer.release >= 15 && isDigit(text.charCodeAt(end))) {
    lexer.push(CAPTURE_INT, end, 0);
    return;
  }
  const slash = lexer.skipBlanks(end);
  const named =
    text.charCodeAt(slash) === SLASH && text.charCodeAt(lexer.skipBlanks(slash + 1)) !== SLASH;
  lexer.push(named ? IDENTIFIER : CAPTURE_OP, end, 0);
}

/** A period: `...`, `..`, `..//` as a name, keywords made of periods, or the dot of a call. */
export function lexDot(lexer: Lexer): void {
  const { text, at } = lexer;
  if (opensKeyword(lexer, ".", 1)) return;
  if (text.charCodeAt(at + 1) !== PERIOD) return lexCallDot(lexer);
  if (text.charCodeAt(at + 2) === PERIOD) return lexEllipsis(lexer);
  if (!text.startsWith("//", at + 2)) return lexOperator(lexer, PERIOD);
  if (opensKeyword(lexer, "..//", 4)) return;
  if (text.charCodeAt(lexer.skipBlanks(at + 4)) !== SLASH) {
    return lexer.invalid("invalid_range_step", at + 4);
  }
  lexer.push(IDENTIFIER, at + 4, 0);
}

/** Up to 1.14 `...` is a name as any other. */
function lexEllipsis(lexer: Lexer): void {
  const { text, at } = lexer;
  const end = at + 3;
  if (opensKeyword(lexer, "...", 3)) return;
  if (lexer.release < 15) {
    lexer.push(identifierKind(text.charCodeAt(end)), end, 0);
    return;
  }
  const named = text.charCodeAt(lexer.skipBlanks(end)) === SLASH;
  lexer.push(named ? IDENTIFIER : ELLIPSIS_OP, end, 0);
}

/** The dot before a name; white space, line ends and comments may follow it. */
function lexCallDot(lexer: Lexer): void {
  const { text, tokens } = lexer;
  lexer.dropEol();
  const dot = lexer.push(DOT, lexer.at + 1, 0);
  skipToName(lexer);
  const code = text.charCodeAt(lexer.at);
  if (code === PAREN_LEFT) {
    tokens.kind[dot] = DOT_CALL_OP;
    return;
  }
  if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return openQuotes(lexer, "name", code, 1);
  const length = calledOperatorLength(text, lexer.at, lexer.release);
  if (length === 0) return;
  const end = lexer.at + length;
  lexer.push(identifierKind(text.charCodeAt(end)), end, 0);
}

/** Length of the operator at `at` that a dot can call as a function; 0 for none. */
function calledOperatorLength(text: string, at: number, release: number): number {
  const operator = operatorAt(text, at);
  switch (operator?.kind) {
    case undefined:
    case DOT:
      return 0;
    // up to 1.14 `..` could be called
    case ELLIPSIS_OP:
    case RANGE_OP:
      return release < 15 ? 2 : 0;
    // these cannot be called; their first character can
    case TERNARY_OP:
    case STAB_OP:
    case ASSOC_OP:
    case BIT_OPEN:
    case BIT_CLOSE:
      return 1;
    default:
      return operator?.text.length ?? 0;
  }
}

/** Length of the operator that is an atom's name at `at`; 0 for none. */
export function operatorAtomLength(text: string, at: number): number {
  for (const name of SPECIAL_ATOMS) if (text.startsWith(name, at)) return name.length;
  const operator = operatorAt(text, at);
  if (operator === null) return 0;
  switch (operator.kind) {
    case BIT_OPEN:
    case BIT_CLOSE:
    case TERNARY_OP:
    case ASSOC_OP:
      return 1;
    case TYPE_OP:
      return 2;
    default:
      return operator.text.length;
  }
}

const SPECIAL_ATOMS = ["<<>>", "%{}", "%", "{}", "..//"];
