// Where a pattern fails: the innermost sub-pattern that the value at its place does not match. Goes down
// one level at a time, into the first part that refuses its value by itself.

import type { Term } from "@elixirscope/etf";
import { isCall, type Node } from "@elixirscope/syntax";
import { fetch } from "../condition/access.ts";
import { PatternCompiler } from "../condition/compile-pattern.ts";
import { Compiler } from "../condition/compile.ts";
import { ConditionFault } from "../condition/condition-error.ts";
import { Scope, type Env } from "../condition/scope.ts";
import { cutValue, tupleShape } from "../condition/value-shape.ts";

export type Mismatch = {
  readonly node: Node;
  readonly path: string;
  /** null: there is no such key */
  readonly found: Term | null;
};

type Part = { readonly node: Node; readonly path: string; readonly value: Term | null };

export function innermostMismatch(
  whole: Part & { readonly value: Term },
  signedZero: boolean,
  lookup: Env["lookup"],
): Mismatch {
  let at: Part = whole;
  for (;;) {
    const failing = partsOf(at, signedZero).find(
      ({ node, value }) => value === null || refuses(node, value, signedZero, lookup),
    );
    if (failing === undefined) return { node: at.node, path: at.path, found: at.value };
    if (failing.value === null) return { node: failing.node, path: failing.path, found: null };
    at = failing;
  }
}

function refuses(node: Node, value: Term, signedZero: boolean, lookup: Env["lookup"]): boolean {
  const scope = new Scope();
  try {
    const matcher = new PatternCompiler(new Compiler(signedZero), scope).compile(node, 0);
    return matcher(value, { lookup, slots: [] }) === false;
  } catch (thrown) {
    if (thrown instanceof ConditionFault) return false;
    throw thrown;
  }
}

/** None where the value has another type or size: then the pattern itself is what fails. */
function partsOf({ node, path, value }: Part, signedZero: boolean): readonly Part[] {
  if (value === null || cutValue(value) !== null) return [];
  if (isCall(node, "=", 2)) return node.args.map((side) => ({ node: side, path, value }));
  if (isCall(node, "__block__", 1)) return node.args.map((only) => ({ node: only, path, value }));
  if (node.kind === "pair") return elements([node.left, node.right], path, value);
  if (isCall(node, "{}")) return elements(node.args, path, value);
  if (node.kind === "list") return items(node.items, path, value);
  if (isCall(node, "%{}")) return entries(node.args, path, value, signedZero);
  if (isCall(node, "%", 2) && value.kind === "map") {
    const [name, fields] = node.args;
    const struct = fetch(value, { kind: "atom", name: "__struct__" });
    if (name === undefined || struct === "unknown") return [];
    const ofName = {
      node: name,
      path: `${path}.__struct__`,
      value: struct === "missing" ? null : struct,
    };
    return isCall(fields, "%{}")
      ? [ofName, ...entries(fields.args, path, value, signedZero)]
      : [ofName];
  }
  return [];
}

function elements(nodes: readonly Node[], path: string, value: Term): readonly Part[] {
  if (value.kind !== "tuple") return [];
  const { items: found, size } = tupleShape(value);
  if (size !== nodes.length) return [];
  return nodes.flatMap((node, i) => part(node, `${path}{${i}}`, found[i]));
}

function items(nodes: readonly Node[], path: string, value: Term): readonly Part[] {
  if (value.kind !== "list") return [];
  const last = nodes.at(-1);
  const isOpen = isCall(last, "|", 2);
  const [head] = isOpen ? last.args : [];
  const wanted = head === undefined ? nodes : [...nodes.slice(0, -1), head];
  const isFit = isOpen ? value.items.length >= wanted.length : value.items.length === wanted.length;
  if (!isFit) return [];
  const parts = wanted.flatMap((node, i) => part(node, `${path}[${i}]`, value.items[i]));
  const tail = isOpen ? last.args[1] : undefined;
  if (tail === undefined) return parts;
  const rest: Term = { kind: "list", items: value.items.slice(wanted.length), tail: value.tail };
  return [...parts, { node: tail, path: `${path}[${wanted.length}..]`, value: rest }];
}

function part(node: Node, path: string, value: Term | undefined): readonly Part[] {
  return value === undefined ? [] : [{ node, path, value }];
}

function entries(
  nodes: readonly Node[],
  path: string,
  value: Term,
  signedZero: boolean,
): readonly Part[] {
  if (value.kind !== "map") return [];
  return nodes.flatMap((entry): readonly Part[] => {
    const key = entry.kind === "pair" ? keyOf(entry.left, signedZero) : null;
    if (entry.kind !== "pair" || key === null) return [];
    const found = fetch(value, key);
    if (found === "unknown") return [];
    const step =
      key.kind === "atom"
        ? `.${key.name}`
        : `[${entry.left.kind === "string" ? JSON.stringify(entry.left.value) : "…"}]`;
    return found === "missing"
      ? [{ node: entry, path: `${path}${step}`, value: null }]
      : [{ node: entry.right, path: `${path}${step}`, value: found }];
  });
}

function keyOf(node: Node, signedZero: boolean): Term | null {
  try {
    return new Compiler(signedZero).literal(node);
  } catch (thrown) {
    if (thrown instanceof ConditionFault) return null;
    throw thrown;
  }
}
