// Lists, tuples, bitstrings, maps, structs, accesses and arguments: items with commas between, keywords
// at the end.

import type { Meta, Node } from "../ast.ts";
import {
  ACCESS,
  BITSTRING,
  BODY,
  CALL,
  DOT_TUPLE,
  KEYWORDS,
  LIST,
  MAP,
  MATCHED,
  NO_PARENS,
  NO_PARENS_CALL,
  STRUCT,
  TUPLE,
  UNMATCHED,
  type Frame,
} from "./frame.ts";
import { atomNode, callNode, draft, keywordList, listNode, pairNode, type Draft } from "./nodes.ts";
import { closeArguments, closeCall, withKeywords } from "./parse-call.ts";
import type { Parser } from "./parser.ts";
import { OPERAND, RECOVER } from "./states.ts";
import {
  ASSOC_OP,
  BIT_CLOSE,
  BRACKET_CLOSE,
  COMMA,
  CURLY_CLOSE,
  CURLY_OPEN,
  EOL,
  PAREN_CLOSE,
} from "../lexer/token-kinds.ts";

export function openContainer(p: Parser, kind: number, closer: number, start = -1): void {
  const token = p.take();
  const frame = p.push(kind, token, start < 0 ? p.startOf(token) : start);
  p.opened(closer);
  frame.newlines = p.skipEol();
  p.state = OPERAND;
  if (p.kind === closer) closeFrame(p, frame);
}

/** The token that closes a frame; -1 for those that end where no item follows. */
export function closerOf(frame: Frame): number {
  switch (frame.kind) {
    case CALL:
      return PAREN_CLOSE;
    case LIST:
    case ACCESS:
      return BRACKET_CLOSE;
    case TUPLE:
    case MAP:
    case DOT_TUPLE:
      return CURLY_CLOSE;
    case BITSTRING:
      return BIT_CLOSE;
    default:
      return -1;
  }
}

/** A value is complete in something that is no body. */
export function afterItem(p: Parser, frame: Frame): void {
  if (frame.kind === STRUCT) return afterStructName(p, frame);
  if (p.kind === ASSOC_OP && frame.kind === MAP && takesAssoc(p, frame)) return;
  addItem(p, frame);
  afterItemAdded(p, frame);
}

/** What follows an item: a comma, the end, or something that has no place. */
export function afterItemAdded(p: Parser, frame: Frame): void {
  const closer = closerOf(frame);
  if (p.kind === COMMA) return readComma(p, frame, closer);
  if (closer < 0) return closeFrame(p, frame);
  if (p.kind === EOL && p.kindAt(p.at + 1) === closer) p.at += 1;
  if (p.kind === closer) closeFrame(p, frame);
  else p.state = RECOVER;
}

function readComma(p: Parser, frame: Frame, closer: number): void {
  if (frame.kind === KEYWORDS || frame.kind === NO_PARENS_CALL) {
    if (frame.keywords !== null && !isKeywordAt(p, p.at + 1)) p.report("keyword_not_last", p.at);
  }
  const comma = p.take();
  p.state = OPERAND;
  if (p.kind !== closer) return;
  // a comma may stand before the closing token, though not after an argument
  if (frame.kind === CALL && frame.keywords === null) {
    p.report("expected_expression", comma, "no argument follows the comma");
  }
  closeFrame(p, frame);
}

function isKeywordAt(p: Parser, token: number): boolean {
  const { at } = p;
  p.at = token;
  const answer = p.isKeyword();
  p.at = at;
  return answer;
}

export function addItem(p: Parser, frame: Frame): void {
  const { value, valueClass } = p;
  if (valueClass >= NO_PARENS) checkAmbiguity(p, frame);
  if (frame.key !== null) return addPair(p, frame, frame.key);
  if (frame.keywords !== null) {
    addAfterKeywords(p, frame);
    return;
  }
  if (frame.kind === MAP && !p.simple && value.kind !== "broken") {
    p.report("unexpected_token", p.at, "an entry of a map needs =>");
  }
  if (frame.kind === ACCESS && frame.items.length > 0) p.report("invalid_access", p.at);
  frame.items.push(value);
}

function addPair(p: Parser, frame: Frame, key: Node): void {
  const { value } = p;
  const pair = pairNode(key, value, key.start, Math.max(key.end, value.end), null);
  frame.key = null;
  if (frame.assoc) frame.items.push(pair);
  else frame.keywords?.push(pair);
  frame.assoc = false;
}

/** Only what an editor asks for completion at may follow keywords. */
function addAfterKeywords(p: Parser, frame: Frame): void {
  const { value } = p;
  const cursor = value.kind === "call" && value.callee === "__cursor__" && value.args.length === 0;
  if (!cursor) p.report("keyword_not_last", p.at);
  frame.keywords?.push(value);
}

/** A call with several arguments needs parentheses where a comma could be another's. */
function checkAmbiguity(p: Parser, frame: Frame): void {
  const token = p.at;
  switch (frame.kind) {
    case CALL:
      if (frame.key !== null) p.report("ambiguous_call", token);
      else if (frame.ambiguous < 0) frame.ambiguous = token;
      return;
    case NO_PARENS_CALL:
      if (frame.key === null && frame.ambiguous < 0) frame.ambiguous = token;
      return;
    case KEYWORDS:
    case BODY:
      return;
    case MAP:
      if (p.valueClass === NO_PARENS || frame.keywords !== null) p.report("ambiguous_call", token);
      return;
    default:
      p.report("ambiguous_call", token);
  }
}

/** `key =>` in a map; false where it has no place. */
function takesAssoc(p: Parser, frame: Frame): boolean {
  if (frame.key !== null || frame.keywords !== null) return false;
  if (p.valueClass === NO_PARENS) p.report("ambiguous_call", p.at);
  const token = p.take();
  frame.key = p.value;
  frame.assoc = true;
  const { meta } = p.value;
  if (p.features.parens && meta !== null) (meta as Draft<Meta>).assoc = p.position(token);
  p.skipEol();
  p.state = OPERAND;
  return true;
}

function afterStructName(p: Parser, frame: Frame): void {
  if (p.kind === EOL && p.kindAt(p.at + 1) === CURLY_OPEN) p.at += 1;
  const { value } = p;
  if (!p.simple || p.valueClass === UNMATCHED) p.report("unexpected_token", frame.token, "struct");
  p.pop();
  if (p.kind !== CURLY_OPEN) {
    p.report("unexpected_token", p.at, "a struct needs { behind its name");
    const none = callNode("%{}", [], p.end, p.end, p.metaAt(frame.token));
    p.setValue(struct(p, frame.token, frame.start, value, none), MATCHED, true);
    return;
  }
  const open = p.at;
  const entries = p.push(MAP, open, p.startOf(open));
  entries.callee = value;
  entries.structToken = frame.token;
  p.opened(CURLY_CLOSE);
  p.take();
  entries.newlines = p.skipEol();
  p.state = OPERAND;
  if (p.kindAt(p.at) === CURLY_CLOSE) closeFrame(p, entries);
}

function struct(p: Parser, token: number, start: number, name: Node, entries: Node): Node {
  return callNode("%", [name, entries], start, p.end, p.metaAt(token));
}

/** At its closing token, or where one is missing. */
export function closeFrame(p: Parser, frame: Frame): void {
  switch (frame.kind) {
    case CALL:
      return closeCall(p, frame);
    case NO_PARENS_CALL:
      return closeArguments(p, frame);
    case KEYWORDS:
      p.pop();
      return p.setValue(keywordList(frame.keywords ?? []), NO_PARENS, false);
  }
  if (frame.keywords !== null && frame.items.length === 0) checkBareKeywords(p, frame);
  const meta = p.metaAt(frame.token);
  if (frame.newlines > 0) meta.newlines = frame.newlines;
  meta.closing = p.closingPosition(closerOf(frame));
  p.pop();
  p.setValue(containerNode(p, frame, meta), MATCHED, true);
}

function checkBareKeywords(p: Parser, { kind, token }: Frame): void {
  if (kind === TUPLE || kind === BITSTRING || kind === DOT_TUPLE) {
    p.report("unexpected_keyword", token, "write %{...} or [...]");
  }
}

function containerNode(p: Parser, frame: Frame, meta: Draft<Meta>): Node {
  const { items, start } = frame;
  const { end } = p;
  switch (frame.kind) {
    case LIST:
      return listNode(withEntries(frame), start, end, meta);
    case TUPLE:
      return tuple(withKeywords(frame), start, end, meta);
    case BITSTRING:
      return callNode("<<>>", withKeywords(frame), start, end, meta);
    case DOT_TUPLE:
      return dotTuple(p, frame, meta);
    case ACCESS:
      return access(p, frame, meta);
    default:
      return map(p, frame, items, meta);
  }
}

function withEntries({ items, keywords }: Frame): Node[] {
  return keywords === null ? items : [...items, ...keywords];
}

function tuple(args: readonly Node[], start: number, end: number, meta: Draft<Meta>): Node {
  const [left, right] = args;
  if (left !== undefined && right !== undefined && args.length === 2) {
    return pairNode(left, right, start, end, meta);
  }
  return callNode("{}", args, start, end, meta);
}

function dotTuple(p: Parser, frame: Frame, closing: Draft<Meta>): Node {
  const meta = { ...closing, ...frame.meta };
  return callNode(frame.callee, withKeywords(frame), frame.start, p.end, meta);
}

function access(p: Parser, frame: Frame, meta: Draft<Meta>): Node {
  if (p.features.origins) meta.fromBrackets = true;
  const at = p.startOf(frame.token);
  const module = atomNode("Elixir.Access", at, at, null);
  const dot = callNode(".", [module, atomNode("get", at, at, null)], at, at, { ...meta });
  const subject = frame.node ?? dot;
  return callNode(dot, [subject, ...withKeywords(frame)], frame.start, p.end, meta);
}

function map(p: Parser, frame: Frame, items: readonly Node[], meta: Draft<Meta>): Node {
  const args = frame.node === null ? withEntries(frame) : [update(p, frame, frame.node, items)];
  const node = callNode("%{}", args, frame.start, p.end, meta);
  if (typeof frame.callee === "string") return node;
  const { structToken } = frame;
  return struct(p, structToken, p.startOf(structToken), frame.callee, node);
}

function update(p: Parser, frame: Frame, subject: Node, items: readonly Node[]): Node {
  const meta = p.metaAt(frame.updateToken);
  if (frame.updateNewlines > 0) meta.newlines = frame.updateNewlines;
  const all = frame.keywords === null ? items : [...items, ...frame.keywords];
  const entries = draft(listNode(all, all[0]?.start ?? p.endOf(frame.updateToken), 0, null));
  entries.end = all.at(-1)?.end ?? entries.start;
  return callNode("|", [subject, entries], subject.start, entries.end, meta);
}
