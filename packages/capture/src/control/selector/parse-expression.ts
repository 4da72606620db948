// Elixir expressions in arguments and guards, by precedence climbing with Elixir's own precedences.

import { assertNever } from "@elixirscope/base";
import { atom, binary, charlist, float, integer, type Term } from "@elixirscope/etf";
import type { Expression } from "./selector.ts";
import { SelectorFault } from "./selector-error.ts";
import type { Token } from "./token.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Binding powers; `<>` and `..` associate to the right. */
const BINARY: Readonly<Record<string, number>> = {
  "=": 1,
  "||": 2,
  or: 2,
  "&&": 3,
  and: 3,
  "==": 4,
  "!=": 4,
  "===": 4,
  "!==": 4,
  "<": 5,
  ">": 5,
  "<=": 5,
  ">=": 5,
  in: 6,
  "<>": 7,
  "..": 7,
  "+": 8,
  "-": 8,
  "*": 9,
  "/": 9,
};
const RIGHT = new Set(["<>", "..", "="]);
const MAX_DEPTH = 100;

export function parseExpression(cursor: TokenCursor, power = 0, depth = 0): Expression {
  if (depth > MAX_DEPTH) throw new SelectorFault("this is nested too deeply", cursor.token);
  let left = parseUnary(cursor, depth);
  for (;;) {
    const operator = binaryOperator(cursor);
    if (operator === null) return left;
    const own = BINARY[operator.text] ?? 0;
    if (own <= power) return left;
    for (let i = 0; i < operator.tokens; i++) cursor.next();
    const right = parseExpression(cursor, RIGHT.has(operator.text) ? own - 1 : own, depth + 1);
    const span = { start: left.start, end: right.end };
    left = { kind: "binary", operator: operator.text, left, right, ...span };
    if (operator.negated) left = { kind: "unary", operator: "not", operand: left, ...span };
  }
}

function binaryOperator(
  cursor: TokenCursor,
): { text: string; tokens: number; negated: boolean } | null {
  const { kind, text } = cursor.token;
  if (kind === "identifier" && text === "not" && cursor.peek(1)?.text === "in") {
    return { text: "in", tokens: 2, negated: true };
  }
  if (kind !== "punctuation" && kind !== "identifier") return null;
  if (!Object.hasOwn(BINARY, text)) return null;
  if (kind === "identifier" && !["or", "and", "in"].includes(text)) return null;
  return { text, tokens: 1, negated: false };
}

function parseUnary(cursor: TokenCursor, depth: number): Expression {
  const token = cursor.token;
  const operator = token.text;
  const unary =
    (token.kind === "punctuation" && ["-", "+", "!"].includes(operator)) ||
    (token.kind === "identifier" && operator === "not");
  if (!unary) return parsePostfix(cursor, depth);
  cursor.next();
  if (depth > MAX_DEPTH) throw new SelectorFault("this is nested too deeply", token);
  const operand = parseUnary(cursor, depth + 1);
  const span = { start: token.start, end: operand.end };
  if (operand.kind === "literal" && operator === "-") {
    if (operand.term.kind === "integer") {
      return { kind: "literal", term: integer(-operand.term.value), ...span };
    }
    if (operand.term.kind === "float") {
      return { kind: "literal", term: float(-operand.term.value), ...span };
    }
  }
  if (operator === "!") throw new SelectorFault("a guard cannot use !, write not", token);
  return { kind: "unary", operator, operand, ...span };
}

/** `item.price`, a field of a map. */
function parsePostfix(cursor: TokenCursor, depth: number): Expression {
  let expression = parsePrimary(cursor, depth);
  while (cursor.is(".") && cursor.touches) {
    cursor.next();
    const field = cursor.expectKind("identifier", "the name of a field");
    if (cursor.is("(") && cursor.touches) {
      throw new SelectorFault("the VM cannot call a module's functions while it traces", {
        start: expression.start,
        end: field.end,
      });
    }
    const span = { start: expression.start, end: field.end };
    expression = { kind: "field", of: expression, name: field.text, ...span };
  }
  return expression;
}

function parsePrimary(cursor: TokenCursor, depth: number): Expression {
  const token = cursor.next();
  const { start, end } = token;
  switch (token.kind) {
    case "integer":
      return { kind: "literal", term: integer(BigInt(token.text)), start, end };
    case "float":
      return { kind: "literal", term: floatLiteral(token), start, end };
    case "atom":
      return { kind: "literal", term: atom(token.text), start, end };
    case "string":
      return { kind: "literal", term: binary(token.text), start, end };
    case "charlist":
      return { kind: "literal", term: charlist(token.text), start, end };
    case "alias":
      return parseAlias(cursor, token.text, start);
    case "identifier":
      return parseName(cursor, token, depth);
    case "punctuation":
      return parseCollection(cursor, token, depth);
    case "keyword":
      throw new SelectorFault(`${token.text}: belongs in a map or a list`, token);
    case "end":
      throw new SelectorFault("expected a value, but the selector ends here", token);
    default:
      return assertNever(token.kind);
  }
}

function floatLiteral(token: Token): Term {
  const value = Number(token.text);
  if (!Number.isFinite(value)) throw new SelectorFault("this float is too large", token);
  return float(value);
}

function parseAlias(cursor: TokenCursor, first: string, start: number): Expression {
  let name = `Elixir.${first}`;
  while (cursor.is(".") && cursor.touches && cursor.peek(1)?.kind === "alias") {
    cursor.next();
    name += `.${cursor.next().text}`;
  }
  return { kind: "literal", term: atom(name), start, end: cursor.lastEnd };
}

function parseName(cursor: TokenCursor, token: Token, depth: number): Expression {
  const { text, start, end } = token;
  if (text === "true" || text === "false" || text === "nil") {
    return { kind: "literal", term: atom(text), start, end };
  }
  if (!(cursor.is("(") && cursor.touches)) return { kind: "variable", name: text, start, end };
  cursor.next();
  const args = parseItems(cursor, ")", depth);
  return { kind: "call", name: text, args, start, end: cursor.lastEnd };
}

function parseCollection(cursor: TokenCursor, token: Token, depth: number): Expression {
  const { start } = token;
  switch (token.text) {
    case "(": {
      const inner = parseExpression(cursor, 0, depth + 1);
      cursor.expect(")", "to close this parenthesis");
      return { ...inner, start, end: cursor.lastEnd };
    }
    case "{": {
      const items = parseItems(cursor, "}", depth);
      return { kind: "tuple", items, start, end: cursor.lastEnd };
    }
    case "[":
      return parseList(cursor, start, depth);
    case "%":
      return parseMap(cursor, start, depth);
    case "^":
      throw new SelectorFault("a selector has no variables to pin; write the value", token);
    case "<<":
      throw new SelectorFault('write binaries as "text", or as "prefix" <> rest', token);
    default:
      throw new SelectorFault(`expected a value, but found ${token.text}`, token);
  }
}

function parseItems(cursor: TokenCursor, close: string, depth: number): readonly Expression[] {
  const items: Expression[] = [];
  while (!cursor.accept(close)) {
    items.push(parseExpression(cursor, 0, depth + 1));
    if (!cursor.is(close)) cursor.expect(",", `or ${close} after a value`);
  }
  return items;
}

function parseList(cursor: TokenCursor, start: number, depth: number): Expression {
  const items: Expression[] = [];
  let tail: Expression | null = null;
  while (!cursor.accept("]")) {
    items.push(
      cursor.token.kind === "keyword"
        ? keywordTuple(cursor, depth)
        : parseExpression(cursor, 0, depth + 1),
    );
    if (cursor.accept("|")) {
      tail = parseExpression(cursor, 0, depth + 1);
      if (!cursor.is("]")) throw cursor.unexpected("] after the tail of the list");
    } else if (!cursor.is("]")) cursor.expect(",", "or ] after a value");
  }
  return { kind: "list", items, tail, start, end: cursor.lastEnd };
}

function keywordTuple(cursor: TokenCursor, depth: number): Expression {
  const key = cursor.next();
  const value = parseExpression(cursor, 0, depth + 1);
  const name: Expression = {
    kind: "literal",
    term: atom(key.text),
    start: key.start,
    end: key.end,
  };
  return { kind: "tuple", items: [name, value], start: key.start, end: value.end };
}

function parseMap(cursor: TokenCursor, start: number, depth: number): Expression {
  let struct: string | null = null;
  if (cursor.token.kind === "alias") {
    const name = parseAlias(cursor, cursor.next().text, cursor.lastEnd);
    struct = name.kind === "literal" && name.term.kind === "atom" ? name.term.name : null;
  }
  cursor.expect("{", "after %");
  const entries: (readonly [Expression, Expression])[] = [];
  while (!cursor.accept("}")) {
    if (cursor.token.kind === "keyword") {
      const { text, start: from, end } = cursor.next();
      const value = parseExpression(cursor, 0, depth + 1);
      entries.push([{ kind: "literal", term: atom(text), start: from, end }, value]);
    } else {
      const key = parseExpression(cursor, 0, depth + 1);
      cursor.expect("=>", "after the key");
      entries.push([key, parseExpression(cursor, 0, depth + 1)]);
    }
    if (!cursor.is("}")) cursor.expect(",", "or } after a value");
  }
  return { kind: "map", struct, entries, start, end: cursor.lastEnd };
}
