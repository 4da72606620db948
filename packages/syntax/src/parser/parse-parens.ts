// Parentheses around expressions: a block, one expression with a trace of them, or a list of clauses.

import type { Meta, Node } from "../ast.ts";
import type { Frame } from "./frame.ts";
import { MATCHED } from "./frame.ts";
import { callNode, draft } from "./nodes.ts";
import { isHead, parenthesised } from "./parse-clause.ts";
import type { Parser } from "./parser.ts";
import { PAREN_CLOSE, STAB_OP, WHEN_OP } from "../lexer/token-kinds.ts";
import { addParens, block, clauseList, isNegation } from "./wrap.ts";

export function closeParens(p: Parser, frame: Frame): void {
  const { token, items } = frame;
  const start = p.startOf(token);
  const close = p.at;
  const closing = p.closingPosition(PAREN_CLOSE);
  const parens = { ...p.position(token), closing };
  p.pop();
  if (frame.clauses.length > 0) {
    const list = draft(clauseList(frame));
    list.start = start;
    list.end = p.end;
    if (p.features.parens) list.meta = { ...parens, ...newlines(frame.newlines) };
    return p.setValue(list, MATCHED, true);
  }
  if (items.length === 0 && !frame.semicolon) return closeEmptyParens(p, token, close);
  const node = block(p, items, start);
  const [only] = items;
  const single = only !== undefined && items.length === 1;
  if (single && isNegation(only)) {
    const wrapped = node === only ? callNode("__block__", [only], start, p.end, null) : node;
    return p.setValue(located(p, wrapped, start, p.features.parens ? null : parens), MATCHED, true);
  }
  if (node !== only) return p.setValue(located(p, node, start, parens), MATCHED, true);
  // up to 1.17 only what is itself a block in Elixir keeps them: blocks and encoded literals
  if (p.features.parens || isBlock(node)) addParens(p, node, parens);
  const wide = draft(node);
  wide.start = start;
  wide.end = p.end;
  p.setValue(node, MATCHED, true);
}

function located(p: Parser, body: Node, start: number, meta: Meta | null): Node {
  const node = draft(body);
  node.start = start;
  node.end = p.end;
  node.meta = meta;
  return node;
}

function isBlock(node: Node): boolean {
  if (node.kind === "call") return node.callee === "__block__";
  return node.kind !== "variable" && node.meta !== null;
}

function newlines(count: number): { newlines?: number } {
  return count > 0 ? { newlines: count } : {};
}

/** `()`: no expression, unless a clause follows that has no arguments. */
function closeEmptyParens(p: Parser, open: number, close: number): void {
  if ((p.kind === STAB_OP || p.kind === WHEN_OP) && isHead(p.top)) {
    return parenthesised(p, [], open, close);
  }
  const node = callNode("__block__", [], p.startOf(open), p.end, null);
  if (p.features.parens) {
    addParens(p, node, { ...p.position(open), closing: p.position(close) });
  }
  p.setValue(node, MATCHED, true);
}
