// Classes of ASCII characters in one table, and the codes that the lexer names.

export const TAB = 9;
export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;
export const SPACE = 32;
export const BANG = 33;
export const DOUBLE_QUOTE = 34;
export const HASH = 35;
export const PERCENT = 37;
export const AMPERSAND = 38;
export const SINGLE_QUOTE = 39;
export const PAREN_LEFT = 40;
export const PAREN_RIGHT = 41;
export const STAR = 42;
export const PLUS = 43;
export const COMMA_SIGN = 44;
export const MINUS = 45;
export const PERIOD = 46;
export const SLASH = 47;
export const COLON = 58;
export const SEMI = 59;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const QUESTION = 63;
export const AT = 64;
export const BRACKET_LEFT = 91;
export const BACKSLASH = 92;
export const BRACKET_RIGHT = 93;
export const CARET = 94;
export const UNDERSCORE = 95;
export const BRACE_LEFT = 123;
export const PIPE = 124;
export const BRACE_RIGHT = 125;
export const TILDE = 126;

const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;
const LOW_LINE = 8;
const HEX = 16;
const BLANK = 32;
const LINE_END = 64;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) CLASSES[code] = LOWER;
  if (/[A-Z]/.test(character)) CLASSES[code] = UPPER;
  if (/[0-9]/.test(character)) CLASSES[code] = DIGIT;
  if (character === "_") CLASSES[code] = LOW_LINE;
  if (/[0-9A-Fa-f]/.test(character)) CLASSES[code] = (CLASSES[code] ?? 0) | HEX;
  if (/[ \t]/.test(character)) CLASSES[code] = BLANK;
  if (/[\r\n]/.test(character)) CLASSES[code] = LINE_END;
}

/** NaN (the end of the text) and codes beyond ASCII are in no class. */
function is(code: number, classes: number): boolean {
  return code < 128 && ((CLASSES[code] ?? 0) & classes) !== 0;
}

export function isLower(code: number): boolean {
  return is(code, LOWER);
}

export function isUpper(code: number): boolean {
  return is(code, UPPER);
}

export function isDigit(code: number): boolean {
  return is(code, DIGIT);
}

export function isHexDigit(code: number): boolean {
  return is(code, HEX);
}

/** A letter or `_`. */
export function isNameStart(code: number): boolean {
  return is(code, LOWER | UPPER | LOW_LINE);
}

/** A letter, a digit or `_`. */
export function isNamePart(code: number): boolean {
  return is(code, LOWER | UPPER | DIGIT | LOW_LINE);
}

/** Space or tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Space, tab or an end of line: what must follow the `:` of a keyword. */
export function isSpace(code: number): boolean {
  return is(code, BLANK | LINE_END);
}

/**
 * A character that turns the direction of text or, since 1.19, breaks its lines in a way that is not seen.
 * `\r` is one only where no `\n` follows it.
 */
export function isTreacherous(code: number, release: number): boolean {
  if (code > 0x2069) return false;
  if (code >= 0x202a) return code <= 0x202e || code >= 0x2066;
  if (release < 19) return false;
  return code === 0x0b || code === 0x0c || code === 0x0d || code === 0x85 || code >= 0x2028;
}
