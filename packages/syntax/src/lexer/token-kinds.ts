// What a token can be, under the names of Elixir's own tokenizer, and what the parser asks of each kind
// in tables: the precedence of binary operators, and whether an operand can begin with it.

export const EOF = 0;
export const EOL = 1;
export const SEMICOLON = 2;
export const COMMA = 3;
export const DOT = 4;
export const DOT_CALL_OP = 5;
export const IDENTIFIER = 6;
export const PAREN_IDENTIFIER = 7;
export const BRACKET_IDENTIFIER = 8;
export const DO_IDENTIFIER = 9;
/** an identifier before a sign with a space before it and none after: `foo -1` */
export const OP_IDENTIFIER = 10;
export const ALIAS = 11;
export const KW_IDENTIFIER = 12;
export const ATOM = 13;
export const ATOM_QUOTED = 14;
export const INT = 15;
export const FLT = 16;
export const CHAR = 17;
export const TRUE = 18;
export const FALSE = 19;
export const NIL = 20;
/** text in quotes of any sort without interpolation; its record says which sort */
export const TEXT = 21;
/** text with interpolation: opening, pieces and interpolated tokens between, closing */
export const TEXT_OPEN = 22;
export const TEXT_PIECE = 23;
export const INTERPOLATION_OPEN = 24;
export const INTERPOLATION_CLOSE = 25;
export const TEXT_CLOSE = 26;
/** the opening of a quoted keyword with interpolation: `"a#{b}": c` */
export const KW_OPEN = 27;
export const FN = 28;
export const DO = 29;
export const END = 30;
/** `after`, `else`, `catch`, `rescue` */
export const BLOCK_IDENTIFIER = 31;
export const PAREN_OPEN = 32;
export const PAREN_CLOSE = 33;
export const BRACKET_OPEN = 34;
export const BRACKET_CLOSE = 35;
export const CURLY_OPEN = 36;
export const CURLY_CLOSE = 37;
export const BIT_OPEN = 38;
export const BIT_CLOSE = 39;
/** the `%` of `%{` */
export const MAP_OP = 40;
/** the `%` of `%Name{` */
export const STRUCT_OP = 41;
export const UNARY_OP = 42;
export const AT_OP = 43;
export const CAPTURE_OP = 44;
export const CAPTURE_INT = 45;
export const ELLIPSIS_OP = 46;
export const DUAL_OP = 47;
export const TERNARY_OP = 48;
export const IN_MATCH_OP = 49;
export const WHEN_OP = 50;
export const TYPE_OP = 51;
export const PIPE_OP = 52;
export const MATCH_OP = 53;
export const OR_OP = 54;
export const AND_OP = 55;
export const COMP_OP = 56;
export const REL_OP = 57;
export const ARROW_OP = 58;
export const IN_OP = 59;
export const XOR_OP = 60;
export const CONCAT_OP = 61;
export const RANGE_OP = 62;
export const MULT_OP = 63;
export const POWER_OP = 64;
export const STAB_OP = 65;
export const ASSOC_OP = 66;
/** characters that are no token; a diagnostic was given */
export const INVALID = 67;

/** How many kinds there are. */
export const KINDS = 68;

/** Precedence of binary operators, 0 for other kinds. */
export const BINARY_PRECEDENCE: Uint8Array = table([
  [IN_MATCH_OP, 40],
  [WHEN_OP, 50],
  [TYPE_OP, 60],
  [PIPE_OP, 70],
  [MATCH_OP, 100],
  [OR_OP, 120],
  [AND_OP, 130],
  [COMP_OP, 140],
  [REL_OP, 150],
  [ARROW_OP, 160],
  [IN_OP, 170],
  [XOR_OP, 180],
  [TERNARY_OP, 190],
  [CONCAT_OP, 200],
  [RANGE_OP, 200],
  [DUAL_OP, 210],
  [MULT_OP, 220],
  [POWER_OP, 230],
]);

export const RIGHT_ASSOCIATIVE: Uint8Array = table(
  [WHEN_OP, TYPE_OP, PIPE_OP, MATCH_OP, TERNARY_OP, CONCAT_OP, RANGE_OP].map((kind) => [kind, 1]),
);

/** Precedence of prefix operators, 0 for other kinds. */
export const UNARY_PRECEDENCE: Uint8Array = table([
  [CAPTURE_OP, 90],
  [ELLIPSIS_OP, 90],
  [UNARY_OP, 240],
  [DUAL_OP, 240],
  [TERNARY_OP, 240],
  [AT_OP, 250],
]);

/** Kinds an expression can begin with; keywords and `->` are not among them. */
export const STARTS_OPERAND: Uint8Array = table(
  [
    [IDENTIFIER, PAREN_IDENTIFIER, BRACKET_IDENTIFIER, DO_IDENTIFIER, OP_IDENTIFIER, ALIAS],
    [ATOM, ATOM_QUOTED, INT, FLT, CHAR, TRUE, FALSE, NIL, TEXT, TEXT_OPEN, FN],
    [PAREN_OPEN, BRACKET_OPEN, CURLY_OPEN, BIT_OPEN, MAP_OP, STRUCT_OP],
    [UNARY_OP, AT_OP, CAPTURE_OP, CAPTURE_INT, ELLIPSIS_OP, DUAL_OP, TERNARY_OP, RANGE_OP],
  ]
    .flat()
    .map((kind) => [kind, 1]),
);

/** Kinds that end something that was opened. */
export const CLOSERS: Uint8Array = table(
  [PAREN_CLOSE, BRACKET_CLOSE, CURLY_CLOSE, BIT_CLOSE, END, BLOCK_IDENTIFIER]
    .concat(INTERPOLATION_CLOSE, EOF)
    .map((kind) => [kind, 1]),
);

/** What a name is by the character behind it. */
export function identifierKind(next: number): number {
  if (next === 40) return PAREN_IDENTIFIER;
  return next === 91 ? BRACKET_IDENTIFIER : IDENTIFIER;
}

function table(entries: readonly (readonly number[])[]): Uint8Array {
  const values = new Uint8Array(KINDS);
  for (const [kind = 0, value = 0] of entries) values[kind] = value;
  return values;
}
