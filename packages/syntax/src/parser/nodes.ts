// Making nodes. One shape per kind, so that the engine gives all nodes of a kind one hidden class.

import type {
  AtomNode,
  BrokenNode,
  CallNode,
  CharlistNode,
  FloatNode,
  IntegerNode,
  ListNode,
  Meta,
  Node,
  PairNode,
  StringNode,
  VariableNode,
} from "../ast.ts";

/** A type whose properties may still be set: until a tree is handed out. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function atomNode(
  name: string,
  start: number,
  end: number,
  meta: Meta | null,
): Draft<AtomNode> {
  return { kind: "atom", name, start, end, meta };
}

export function integerNode(
  value: number | bigint,
  start: number,
  end: number,
  meta: Meta | null,
): IntegerNode {
  return { kind: "integer", value, start, end, meta };
}

export function floatNode(value: number, start: number, end: number, meta: Meta | null): FloatNode {
  return { kind: "float", value, start, end, meta };
}

export function stringNode(
  value: string,
  raw: string,
  start: number,
  end: number,
  meta: Meta | null,
): StringNode {
  return { kind: "string", value, raw, start, end, meta };
}

export function charlistNode(
  value: string,
  raw: string,
  start: number,
  end: number,
  meta: Meta | null,
): CharlistNode {
  return { kind: "charlist", value, raw, start, end, meta };
}

export function listNode(
  items: readonly Node[],
  start: number,
  end: number,
  meta: Meta | null,
): ListNode {
  return { kind: "list", items, start, end, meta };
}

export function pairNode(
  left: Node,
  right: Node,
  start: number,
  end: number,
  meta: Meta | null,
): PairNode {
  return { kind: "pair", left, right, start, end, meta };
}

export function variableNode(
  name: string,
  start: number,
  end: number,
  meta: Meta | null,
): VariableNode {
  return { kind: "variable", name, start, end, meta };
}

export function callNode(
  callee: string | Node,
  args: readonly Node[],
  start: number,
  end: number,
  meta: Meta | null,
): CallNode {
  return { kind: "call", callee, args, start, end, meta };
}

export function brokenNode(children: readonly Node[], start: number, end: number): BrokenNode {
  return { kind: "broken", children, start, end, meta: null };
}

/** Keyword list entries as one argument: a list that Elixir keeps no metadata for. */
export function keywordList(entries: readonly Node[]): ListNode {
  return listNode(entries, entries[0]?.start ?? 0, entries.at(-1)?.end ?? 0, null);
}

/** To set what is only known once the text behind a node is read; nothing else has seen it yet. */
export function draft<T extends Node>(node: T): Draft<T> {
  return node;
}
