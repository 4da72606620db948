// The words of a selector. One lexer serves names, patterns and guards; it keeps offsets, because
// `handle_*` and `handle_ *` differ only in whether their words touch.

import { SelectorFault } from "./selector-error.ts";

export type TokenKind =
  | "alias"
  | "atom"
  | "charlist"
  | "end"
  | "float"
  | "identifier"
  | "integer"
  | "keyword"
  | "punctuation"
  | "string";

export type Token = {
  readonly kind: TokenKind;
  /** the text of a name or punctuation, the content of a string, the digits of a number */
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

const NAME = /[\p{L}_][\p{L}\p{N}_@]*[?!]?/uy;
const NUMBER = /0x[0-9a-fA-F]+|0b[01]+|0o[0-7]+|\d[\d_]*(?:\.\d[\d_]*(?:[eE][+-]?\d+)?)?/y;
const PUNCTUATION = /===|!==|<<|>>|<>|==|!=|<=|>=|=>|\.\.|&&|\|\||->|[()[\]{},|%.*/+\-<>=:!^#&@]/y;
const ATOM_OPERATOR = /===|!==|==|!=|<=|>=|<>|\+\+|--|&&|\|\||\.\.|[+\-*/<>=!|.]/y;
const SPACE = /\s*/y;

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  s: " ",
  e: "\u001B",
  "0": "\0",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
  d: "\u007F",
};

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  for (;;) {
    offset += match(SPACE, text, offset).length;
    if (offset >= text.length) break;
    const token = readToken(text, offset);
    tokens.push(token);
    offset = token.end;
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
}

function readToken(text: string, start: number): Token {
  const character = text[start] ?? "";
  if (character === '"') return quoted("string", text, start, start);
  if (character === "'") return quoted("charlist", text, start, start);
  if (character === "?") return characterCode(text, start);
  const number = match(NUMBER, text, start);
  if (number !== "") {
    const kind = /^\d[\d_]*\./.test(number) ? "float" : "integer";
    return { kind, text: number.replaceAll("_", ""), start, end: start + number.length };
  }
  if (character === ":") {
    const colon = atomAfterColon(text, start);
    if (colon !== null) return colon;
  }
  const name = match(NAME, text, start);
  if (name !== "") return named(name, text, start);
  const punctuation = match(PUNCTUATION, text, start);
  if (punctuation === "") {
    throw new SelectorFault(`unexpected character ${character}`, { start, end: start + 1 });
  }
  return { kind: "punctuation", text: punctuation, start, end: start + punctuation.length };
}

/** `id: ` is a key of a map or keyword list; `Shop` an alias; all else a plain name. */
function named(name: string, text: string, start: number): Token {
  const end = start + name.length;
  if (text[end] === ":" && /\s/.test(text[end + 1] ?? "")) {
    return { kind: "keyword", text: name, start, end: end + 1 };
  }
  const kind = /^\p{Lu}/u.test(name) ? "alias" : "identifier";
  return { kind, text: name, start, end };
}

function atomAfterColon(text: string, start: number): Token | null {
  if (text[start + 1] === '"') {
    const content = quoted("atom", text, start + 1, start);
    return content;
  }
  const name = match(NAME, text, start + 1) || match(ATOM_OPERATOR, text, start + 1);
  return name === "" ? null : { kind: "atom", text: name, start, end: start + 1 + name.length };
}

function quoted(kind: TokenKind, text: string, open: number, start: number): Token {
  const quote = text[open];
  let content = "";
  for (let i = open + 1; i < text.length; i++) {
    const character = text[i] ?? "";
    if (character === quote) return { kind, text: content, start, end: i + 1 };
    if (character === "#" && text[i + 1] === "{") {
      throw new SelectorFault("a selector cannot interpolate", { start: i, end: i + 2 });
    }
    if (character !== "\\") {
      content += character;
      continue;
    }
    const escape = readEscape(text, i + 1);
    content += escape.character;
    i += escape.length;
  }
  throw new SelectorFault("this quote is not closed", { start, end: start + 1 });
}

/** One of Elixir's escapes, at the offset after its backslash. */
function readEscape(text: string, offset: number): { character: string; length: number } {
  const code = /(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/y;
  code.lastIndex = offset;
  const hex = code.exec(text);
  if (hex === null) {
    const character = text[offset] ?? "";
    return { character: ESCAPES[character] ?? character, length: character.length };
  }
  const point = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "", 16);
  if (point > 0x10_ff_ff) {
    throw new SelectorFault("no such character", { start: offset, end: offset + hex[0].length });
  }
  return { character: String.fromCodePoint(point), length: hex[0].length };
}

/** `?a`, the code point of a character. */
function characterCode(text: string, start: number): Token {
  if (text[start + 1] === "\\") {
    const escape = readEscape(text, start + 2);
    const end = start + 2 + escape.length;
    return { kind: "integer", text: String(escape.character.codePointAt(0) ?? 0), start, end };
  }
  const point = text.codePointAt(start + 1);
  if (point === undefined) {
    throw new SelectorFault("a character must follow ?", { start, end: start + 1 });
  }
  const end = start + 1 + String.fromCodePoint(point).length;
  return { kind: "integer", text: String(point), start, end };
}

function match(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? "";
}
