// Where an operand is expected: literals and names give a value at once, prefix operators, brackets and
// quoted text open a frame.

import type { Node } from "../ast.ts";
import { escapedCharacter } from "../lexer/escapes.ts";
import {
  ACCESS,
  BITSTRING,
  BODY,
  CALL,
  DOT_TUPLE,
  FN_BODY,
  KEYWORDS,
  LIST,
  MAP,
  MATCHED,
  NO_PARENS_CALL,
  PARENS,
  STRUCT,
  TUPLE,
  UNARY,
  type Frame,
} from "./frame.ts";
import { floatValue } from "../lexer/lex-number.ts";
import { atomNode, brokenNode, callNode, floatNode, integerNode } from "./nodes.ts";
import { ownerAllowsClauses } from "./body-end.ts";
import { startClause } from "./parse-clause.ts";
import { readName } from "./parse-call.ts";
import { closerOf, openContainer } from "./parse-container.ts";
import { plainKey, quotedAtom, quotedText, openParts } from "./parse-text.ts";
import type { Parser } from "./parser.ts";
import { EXPRESSION, OPERAND, PART, RECOVER } from "./states.ts";
import * as T from "../lexer/token-kinds.ts";

/** As many things may be open at once; deeper is refused, so that memory is bounded. */
const DEEPEST = 200_000;

export function readOperand(p: Parser): void {
  const { kind, at } = p;
  if (p.frames.length > DEEPEST) return refuse(p);
  if (p.guided && closerOf(p.top) >= 0 && !p.isCloser(kind) && p.isOutdented(p.top)) {
    p.state = RECOVER;
    return;
  }
  switch (kind) {
    case T.IDENTIFIER:
    case T.PAREN_IDENTIFIER:
    case T.BRACKET_IDENTIFIER:
    case T.DO_IDENTIFIER:
    case T.OP_IDENTIFIER:
      return readName(p);
    case T.ALIAS:
      return readAlias(p);
    case T.INT:
    case T.FLT:
    case T.CHAR:
      p.take();
      return p.setValue(number(p, at), MATCHED, true);
    case T.TRUE:
    case T.FALSE:
    case T.NIL:
      p.take();
      return p.setValue(atom(p, p.textOf(at), at), MATCHED, true);
    case T.ATOM:
      return readAtom(p);
    case T.ATOM_QUOTED:
      p.take();
      return p.setValue(quotedAtom(p, at), MATCHED, true);
    case T.TEXT:
      p.take();
      return p.setValue(quotedText(p, at), MATCHED, true);
    case T.TEXT_OPEN:
      openParts(p);
      p.state = PART;
      return;
    case T.KW_IDENTIFIER:
    case T.KW_OPEN:
      return readKey(p);
    case T.PAREN_OPEN:
      return readParens(p);
    case T.FN:
      return readFn(p);
    case T.BRACKET_OPEN:
      return openContainer(p, LIST, T.BRACKET_CLOSE);
    case T.CURLY_OPEN:
      return openContainer(p, TUPLE, T.CURLY_CLOSE);
    case T.BIT_OPEN:
      return openContainer(p, BITSTRING, T.BIT_CLOSE);
    case T.MAP_OP:
      p.take();
      return openContainer(p, MAP, T.CURLY_CLOSE, p.startOf(at));
    case T.STRUCT_OP:
      return readStruct(p);
    case T.RANGE_OP:
      p.take();
      p.setValue(nullary(p, at), MATCHED, p.features.accessibleRange);
      return;
    case T.ELLIPSIS_OP:
      return readEllipsis(p);
    case T.CAPTURE_INT:
      return readCapturedInteger(p);
    case T.CAPTURE_OP:
      if (p.features.spacedCapture && isSpacedCapture(p)) return readCapturedInteger(p);
      return readPrefix(p);
    case T.UNARY_OP:
    case T.AT_OP:
    case T.DUAL_OP:
    case T.TERNARY_OP:
      return readPrefix(p);
    case T.STAB_OP:
      if (isClauseHead(p.top)) return startClause(p, p.top, [], p.startOf(at), p.startOf(at));
      break;
  }
  readNothing(p);
}

/** What would nest too deep becomes a broken node, up to where something may end. */
function refuse(p: Parser): void {
  p.report("too_deep", p.at);
  if (p.isCloser(p.kind) || p.kind === T.EOL || p.kind === T.COMMA) return readNothing(p);
  const start = p.startOf(p.at);
  while (!p.isCloser(p.kind) && p.kind !== T.EOL && p.kind !== T.COMMA) p.take();
  p.setValue(brokenNode([], start, p.end), MATCHED, false);
}

/** No operand stands here: a broken node takes its place, and the token is left to what is open. */
function readNothing(p: Parser): void {
  const { kind, at } = p;
  const stray = kind === T.STAB_OP && (p.top.kind !== BODY || !ownerAllowsClauses(p.top));
  const skipped = kind === T.INVALID || stray;
  if (kind !== T.INVALID) p.report("expected_expression", at, found(p, at));
  if (skipped) p.take();
  p.setValue(brokenNode([], skipped ? p.startOf(at) : p.end, p.end), MATCHED, false);
}

function found(p: Parser, token: number): string {
  const kind = p.kindAt(token);
  if (kind === T.EOF) return "found the end of the file";
  if (kind === T.EOL) return "found the end of the line";
  return `found ${p.textOf(token)}`;
}

function isClauseHead(top: Frame): boolean {
  if (top.kind !== BODY || !top.atHead || !ownerAllowsClauses(top)) return false;
  return top.arguments === null && top.keywords === null;
}

function readAlias(p: Parser): void {
  const token = p.take();
  const start = p.startOf(token);
  const name = atomNode(p.textOf(token), start, p.end, null);
  const meta = p.metaAt(token);
  meta.last = p.position(token);
  p.setValue(callNode("__aliases__", [name], start, p.end, meta), MATCHED, true);
}

function atom(p: Parser, name: string, token: number): Node {
  return atomNode(name, p.startOf(token), p.endOf(token), p.metaAt(token));
}

function readAtom(p: Parser): void {
  const token = p.take();
  const name = p.nameOf(token)?.name ?? p.text.slice(p.startOf(token) + 1, p.endOf(token));
  const meta = p.metaAt(token);
  if (p.features.parens && (name === "true" || name === "false" || name === "nil")) {
    meta.format = "atom";
  }
  p.setValue(atomNode(name, p.startOf(token), p.endOf(token), meta), MATCHED, true);
}

function number(p: Parser, token: number): Node {
  const text = p.textOf(token);
  const meta = p.metaAt(token);
  meta.token = text;
  const start = p.startOf(token);
  const end = p.endOf(token);
  switch (p.kindAt(token)) {
    case T.FLT:
      return floatNode(floatValue(text), start, end, meta);
    case T.CHAR:
      return integerNode(characterValue(text), start, end, meta);
    default:
      return integerNode(integerValue(text), start, end, meta);
  }
}

function characterValue(token: string): number {
  if (token.length > 2 && token[1] === "\\") return escapedCharacter(token.slice(2));
  return token.codePointAt(1) ?? 0;
}

const INTEGER = /^(?:\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i;

/** Of what is a number at all: what follows its digits was reported. */
function integerValue(token: string): number | bigint {
  const digits = token.includes("_") ? token.replaceAll("_", "") : token;
  const narrow = Number(digits);
  if (Number.isSafeInteger(narrow)) return narrow;
  return INTEGER.test(digits) ? BigInt(digits) : 0;
}

function nullary(p: Parser, token: number): Node {
  return callNode(p.textOf(token), [], p.startOf(token), p.endOf(token), p.metaAt(token));
}

function readEllipsis(p: Parser): void {
  const token = p.at;
  const next = p.kindAt(token + 1);
  if (next !== T.RANGE_OP && T.STARTS_OPERAND[next] === 1) return readPrefix(p);
  p.take();
  p.setValue(nullary(p, token), MATCHED, false);
}

function readPrefix(p: Parser): void {
  const below = p.top;
  const token = p.take();
  const frame = p.push(UNARY, token, p.startOf(token));
  frame.noDo = below.noDo;
  frame.noArguments = below.noArguments;
  if (p.kindAt(token) !== T.ELLIPSIS_OP) p.skipEol();
  p.state = OPERAND;
}

/** Up to 1.14 `& 1` is the capture `&1`. */
function isSpacedCapture(p: Parser): boolean {
  const next = p.kindAt(p.at + 1);
  return next === T.INT || (next === T.EOL && p.kindAt(p.at + 2) === T.INT);
}

/** `&1` */
function readCapturedInteger(p: Parser): void {
  const token = p.take();
  p.skipEol();
  if (p.kind !== T.INT) return readNothing(p);
  const value = p.take();
  const start = p.startOf(token);
  const position = integerNode(integerValue(p.textOf(value)), p.startOf(value), p.end, null);
  p.setValue(callNode("&", [position], start, p.end, p.metaAt(token)), MATCHED, true);
}

function readParens(p: Parser): void {
  const token = p.take();
  const body = p.openBody(PARENS, token, p.startOf(token));
  p.opened(T.PAREN_CLOSE);
  body.newlines = p.skipEol();
  if (p.kind === T.SEMICOLON) {
    p.at += 1;
    body.semicolon = true;
  }
  p.state = EXPRESSION;
}

function readFn(p: Parser): void {
  const token = p.take();
  p.opened(T.END);
  p.beginBody(p.openBody(FN_BODY, token, p.startOf(token)));
  p.state = EXPRESSION;
}

/** `%Name{}`: an operand that takes no arguments, then a map. */
function readStruct(p: Parser): void {
  const token = p.take();
  const frame = p.push(STRUCT, token, p.startOf(token));
  frame.noDo = true;
  frame.noArguments = true;
  p.state = OPERAND;
}

/** A key and its value in whatever takes keywords. */
function readKey(p: Parser): void {
  const { top, at } = p;
  if (!takesKeywords(top)) {
    p.report("unexpected_keyword", at);
    top.key = null;
    return skipKey(p);
  }
  top.keywords ??= [];
  if (p.kind === T.KW_OPEN) {
    openParts(p);
    p.state = PART;
    return;
  }
  p.take();
  top.key = plainKey(p, at);
  p.skipEol();
}

function takesKeywords(top: Frame): boolean {
  switch (top.kind) {
    case CALL:
    case NO_PARENS_CALL:
    case LIST:
    case TUPLE:
    case BITSTRING:
    case DOT_TUPLE:
    case KEYWORDS:
      return top.key === null;
    case ACCESS:
      return top.key === null && top.items.length === 0;
    case MAP:
      return top.key === null;
    case BODY:
      return top.atHead && ownerAllowsClauses(top) && top.key === null;
    default:
      return false;
  }
}

/** A keyword that has no place here becomes a broken node; its value is read as what comes next. */
function skipKey(p: Parser): void {
  const token = p.take();
  if (p.kindAt(token) === T.KW_OPEN) {
    while (p.kindAt(p.at - 1) !== T.TEXT_CLOSE && p.kind !== T.EOF) p.take();
  }
  p.setValue(brokenNode([], p.startOf(token), p.end), MATCHED, false);
}
