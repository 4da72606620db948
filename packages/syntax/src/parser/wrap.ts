// What stands around expressions and leaves a trace in their metadata: parentheses, separators behind
// them, and the block that Elixir puts around a negation.

import type { CallNode, EndOfExpression, Meta, Node, Parens, Position, Wrapper } from "../ast.ts";
import type { Frame } from "./frame.ts";
import { callNode, draft, listNode, type Draft } from "./nodes.ts";
import type { Parser } from "./parser.ts";

/** `not x` and `!x` */
export function isNegation(node: Node): node is CallNode {
  return (
    node.kind === "call" && (node.callee === "not" || node.callee === "!") && node.args.length === 1
  );
}

export function isSplicing(node: Node | undefined): boolean {
  return node?.kind === "call" && node.callee === "unquote_splicing" && node.args.length === 1;
}

/** The expressions of a body as one node; a body without any is at `at`. */
export function block(p: Parser, items: readonly Node[], at: number): Node {
  const [first] = items;
  const last = items.at(-1);
  if (first === undefined || last === undefined) return callNode("__block__", [], at, at, null);
  const negation = p.features.wrapsNegation === "everywhere" && isNegation(first);
  if (items.length === 1 && !negation && !isSplicing(first)) return first;
  return callNode("__block__", items, first.start, last.end, null);
}

export function addParens(p: Parser, node: Node, parens: Parens): void {
  const meta = wrappable(p, node);
  if (meta === null) return;
  if (meta.endOfExpression !== undefined) listWrappers(p, meta).push({ parens });
  // the array is kept to add to: copying it would make deep nesting quadratic
  const known = p.parens.get(meta);
  if (known !== undefined) {
    known.push(parens);
    return;
  }
  const pairs = [parens];
  p.parens.set(meta, pairs);
  meta.parens = pairs;
}

export function addEndOfExpression(p: Parser, node: Node, endOfExpression: EndOfExpression): void {
  const meta = wrappable(p, node);
  if (meta === null) return;
  if (meta.endOfExpression !== undefined) listWrappers(p, meta).push({ endOfExpression });
  meta.endOfExpression = endOfExpression;
}

/** Wrappers of metadata where their order must be told. */
function listWrappers(p: Parser, meta: Draft<Meta>): Wrapper[] {
  const known = p.wrappers.get(meta);
  if (known !== undefined) return known;
  const all = [...wrappersOf(meta)];
  p.wrappers.set(meta, all);
  meta.wrappers = all;
  return all;
}

export function addSection(p: Parser, node: Node, place: Position): void {
  const meta = wrappable(p, node);
  if (meta !== null) meta.section = place;
}

/** What is around a node, innermost first. */
export function wrappersOf(meta: Meta): readonly Wrapper[] {
  if (meta.wrappers !== undefined) return meta.wrappers;
  const parens: Wrapper[] = (meta.parens ?? []).map((pair) => ({ parens: pair }));
  const { endOfExpression } = meta;
  return endOfExpression === undefined ? parens : [...parens, { endOfExpression }];
}

/** A node's metadata to add to; null for what Elixir keeps none for. */
function wrappable(p: Parser, node: Node): Draft<Meta> | null {
  if (node.meta !== null) return node.meta;
  if (node.kind !== "call") return null;
  const meta: Draft<Meta> = { ...p.source.positionAt(node.start), unlocated: true };
  draft(node).meta = meta;
  return meta;
}

/** The clauses of a body as Elixir's list of them, which has no metadata. */
export function clauseList({ clauses }: Frame): Node {
  return listNode(clauses, clauses[0]?.start ?? 0, clauses.at(-1)?.end ?? 0, null);
}
