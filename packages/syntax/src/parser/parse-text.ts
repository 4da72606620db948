// Quoted text as nodes: strings, charlists, heredocs, sigils, atoms and keywords, with interpolations as
// the calls to `Kernel.to_string/1` that Elixir makes of them.

import type { Meta, Node } from "../ast.ts";
import { escapeProblems, unescapeText } from "../lexer/escapes.ts";
import { INTERPOLATION, MATCHED, TEXT_PARTS, type Frame } from "./frame.ts";
import {
  atomNode,
  brokenNode,
  callNode,
  charlistNode,
  listNode,
  stringNode,
  variableNode,
  type Draft,
} from "./nodes.ts";
import type { Parser } from "./parser.ts";
import { EXPRESSION, OPERAND, PART } from "./states.ts";
import { pieceText } from "../lexer/quoted-text.ts";
import {
  EOF,
  INTERPOLATION_CLOSE,
  INTERPOLATION_OPEN,
  TEXT_CLOSE,
  TEXT_PIECE,
} from "../lexer/token-kinds.ts";
import { HAS_ESCAPES, type QuotedText } from "../lexer/tokens.ts";

const NOTHING: QuotedText = {
  sort: "string",
  delimiter: '"',
  interpolates: true,
  indentation: -1,
  name: "",
  modifiers: "",
  contentStart: 0,
  contentEnd: 0,
  flags: 0,
};

function recordOf(p: Parser, index: number): QuotedText {
  return p.tokens.texts[index] ?? NOTHING;
}

/** The content of text without interpolation: as written, and with its escapes resolved. */
function content(p: Parser, record: QuotedText): { raw: string; value: string } {
  const { contentStart, contentEnd, flags } = record;
  const raw = pieceText(p.text, record, contentStart, contentEnd, flags);
  if ((flags & HAS_ESCAPES) === 0) return { raw, value: raw };
  checkEscapes(p, raw, contentStart);
  return { raw, value: unescapeText(raw) };
}

function checkEscapes(p: Parser, raw: string, start: number): void {
  for (const { offset, length } of escapeProblems(raw)) {
    const from = Math.min(start + offset, p.text.length);
    const to = Math.min(from + length, p.text.length);
    const { line, column } = p.source.positionAt(from);
    p.diagnostics.add("invalid_escape", from, to, line, column, raw.slice(offset, offset + length));
  }
}

/** Text without interpolation that is a literal or a sigil. */
export function quotedText(p: Parser, token: number): Node {
  const record = recordOf(p, p.auxOf(token));
  const start = p.startOf(token);
  const end = p.endOf(token);
  if (record.sort === "sigil") {
    const { contentStart, contentEnd, flags } = record;
    const raw = pieceText(p.text, record, contentStart, contentEnd, flags);
    const piece = stringNode(raw, raw, contentStart, contentEnd, null);
    return sigil(p, record, token, [piece], start, end);
  }
  const { raw, value } = content(p, record);
  const meta = textMeta(p, record, token);
  if (record.sort === "charlist") return charlistNode(value, raw, start, end, meta);
  return stringNode(value, raw, start, end, meta);
}

/** `delimiter`, and the `indentation` of a heredoc. */
function textMeta(p: Parser, record: QuotedText, token: number): Draft<Meta> {
  const meta = p.metaAt(token);
  meta.delimiter = record.delimiter;
  if (record.indentation >= 0) meta.indentation = record.indentation;
  return meta;
}

function sigil(
  p: Parser,
  record: QuotedText,
  token: number,
  parts: readonly Node[],
  start: number,
  end: number,
): Node {
  const inner = p.metaAt(token);
  if (record.indentation >= 0) inner.indentation = record.indentation;
  const outer = p.metaAt(token);
  outer.delimiter = record.delimiter;
  const { name, modifiers } = record;
  const body = end - modifiers.length;
  const text = callNode("<<>>", parts, start, body, inner);
  const flags = charlistNode(modifiers, modifiers, body, end, null);
  return callNode(`sigil_${name}`, [text, flags], start, end, outer);
}

/** `:"quoted"` */
export function quotedAtom(p: Parser, token: number): Node {
  const record = recordOf(p, p.auxOf(token));
  const { raw, value } = content(p, record);
  const meta = p.metaAt(token);
  meta.delimiter = p.features.delimiters ? record.delimiter : '"';
  return namedAtom(value, raw, p.startOf(token), p.endOf(token), meta);
}

function namedAtom(name: string, raw: string, start: number, end: number, meta: Meta): Node {
  const node = atomNode(name, start, end, meta);
  if (raw !== name) node.raw = raw;
  return node;
}

/** `key:` and `"key":` */
export function plainKey(p: Parser, token: number): Node {
  const start = p.startOf(token);
  const end = p.endOf(token);
  const meta = p.metaAt(token);
  meta.format = "keyword";
  const index = p.auxOf(token);
  if (index <= 0) {
    const name = p.nameOf(token)?.name ?? p.text.slice(start, end - 1);
    return atomNode(name, start, end, meta);
  }
  const record = recordOf(p, index - 1);
  const { raw, value } = content(p, record);
  if (p.features.delimiters) meta.delimiter = record.delimiter;
  return namedAtom(value, raw, start, end, meta);
}

/** Text with interpolation, at its opening. */
export function openParts(p: Parser): void {
  const token = p.take();
  p.push(TEXT_PARTS, token, p.startOf(token));
}

/** A piece, an interpolation, or the end of the text on top. */
export function nextPart(p: Parser): void {
  const frame = p.top;
  switch (p.kind) {
    case TEXT_PIECE:
      return addPiece(p, frame);
    case INTERPOLATION_OPEN: {
      const token = p.take();
      const body = p.openBody(INTERPOLATION, token, p.startOf(token));
      body.saved = p.closable;
      p.closable = new Int32Array(p.closable.length);
      p.beginBody(body);
      p.state = EXPRESSION;
      return;
    }
    case TEXT_CLOSE:
    case EOF:
      return closeParts(p, frame);
    default:
      p.take();
  }
}

function addPiece(p: Parser, frame: Frame): void {
  const token = p.take();
  const record = recordOf(p, p.auxOf(frame.token));
  const flags = p.auxOf(token);
  const start = p.startOf(token);
  const raw = pieceText(p.text, record, start, p.end, flags);
  let value = raw;
  if (record.sort !== "sigil" && (flags & HAS_ESCAPES) !== 0) {
    checkEscapes(p, raw, start);
    value = unescapeText(raw);
  }
  frame.items.push(stringNode(value, raw, start, p.end, null));
}

/** The `}` of an interpolation: its expression becomes a part of the text around. */
export function closeInterpolation(p: Parser, body: Frame, form: Node): void {
  const { token } = body;
  const position = p.position(token);
  const closing = p.position(p.at);
  if (p.kind === INTERPOLATION_CLOSE) p.take();
  if (body.saved !== null) p.closable = body.saved;
  const start = p.startOf(token);
  const { end } = p;
  const text = p.top;
  const module = atomNode("Elixir.Kernel", start, start, null);
  const name = atomNode("to_string", start, start, null);
  const dot = callNode(".", [module, name], start, start, { ...position });
  const meta: Draft<Meta> = { ...position, closing };
  if (p.features.origins) meta.fromInterpolation = true;
  const call = callNode(dot, [form], start, end, meta);
  const isCharlist = recordOf(p, p.auxOf(text.token)).sort === "charlist";
  text.items.push(isCharlist ? call : binaryPart(call, position));
  p.state = PART;
}

function binaryPart(call: Node, position: Meta): Node {
  const { start, end } = call;
  const type = variableNode("binary", end, end, { ...position });
  return callNode("::", [call, type], start, end, { ...position });
}

function closeParts(p: Parser, frame: Frame): void {
  const { token, items, start } = frame;
  const record = recordOf(p, p.auxOf(token));
  p.take();
  const { end } = p;
  p.pop();
  switch (record.sort) {
    case "string":
      return p.setValue(
        callNode("<<>>", items, start, end, textMeta(p, record, token)),
        MATCHED,
        true,
      );
    case "charlist":
      return p.setValue(charlist(p, record, frame, end), MATCHED, true);
    case "sigil":
      return p.setValue(sigil(p, record, token, items, start, end), MATCHED, true);
    case "atom": {
      const meta = p.metaAt(token);
      meta.delimiter = p.features.delimiters ? record.delimiter : '"';
      return p.setValue(interpolatedAtom(p, frame, end, meta), MATCHED, true);
    }
    case "keyword":
      return closeKey(p, record, frame, end);
    case "name":
      p.setValue(brokenNode(items, start, end), MATCHED, true);
  }
}

function charlist(
  p: Parser,
  record: QuotedText,
  { token, items, start }: Frame,
  end: number,
): Node {
  const module = atomNode("Elixir.List", start, start, null);
  const name = atomNode("to_charlist", start, start, null);
  const dot = callNode(".", [module, name], start, start, p.metaAt(token));
  const parts = listNode(items, start, end, null);
  return callNode(dot, [parts], start, end, textMeta(p, record, token));
}

function interpolatedAtom(
  p: Parser,
  { token, items, start }: Frame,
  end: number,
  meta: Draft<Meta>,
): Node {
  const module = atomNode("erlang", start, start, null);
  const name = atomNode("binary_to_atom", start, start, null);
  const dot = callNode(".", [module, name], start, start, p.metaAt(token));
  const text = callNode("<<>>", items, start, end, p.metaAt(token));
  return callNode(dot, [text, atomNode("utf8", end, end, null)], start, end, meta);
}

/** A quoted key with interpolation: its value comes next. */
function closeKey(p: Parser, record: QuotedText, frame: Frame, end: number): void {
  const meta = p.metaAt(frame.token);
  meta.format = "keyword";
  if (p.features.delimiters) meta.delimiter = record.delimiter;
  p.top.key = interpolatedAtom(p, frame, end, meta);
  p.skipEol();
  p.state = OPERAND;
}
