// How much a function's patterns ask of the reader: those of its clauses, of `case`, `fn`, `receive`,
// `=` and `<-`.
//
// A plain variable asks nothing. Each bracket or literal asks 1, each pin 1, each level of brackets
// beyond the first 1 more, each test of a guard 1, each clause of the function beyond the first 1.

import { pushAll } from "@elixirscope/base";
import { children, isCall, keyword, type Node } from "@elixirscope/syntax";
import type { FunctionSyntax } from "../module/module-syntax.ts";
import { codeOf } from "./clause-parts.ts";

export function patternMatchComplexity(fn: FunctionSyntax): number {
  let total = Math.max(0, fn.clauses.length - 1);
  for (const { patterns, guard } of fn.clauses) {
    for (const pattern of patterns) total += patternWeight(pattern);
    total += guardTests(guard);
  }
  for (const clause of fn.clauses) {
    for (const root of codeOf(clause)) total += weightIn(root);
  }
  return total;
}

function weightIn(root: Node): number {
  let total = 0;
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    total += ownPatterns(node);
    pushAll(stack, belowOf(node));
  }
  return total;
}

/** The arrows of a `cond` and of `after` have conditions and times on their left, not patterns. */
function belowOf(node: Node): readonly Node[] {
  const isAfter = node.kind === "pair" && node.left.kind === "atom" && node.left.name === "after";
  if (isAfter) return arrowParts(node.right);
  if (!isCall(node, "cond", 1)) return children(node);
  const body = keyword(node.args[0], "do");
  return body === undefined ? children(node) : arrowParts(body);
}

function arrowParts(clauses: Node): readonly Node[] {
  if (clauses.kind !== "list") return [clauses];
  return clauses.items.flatMap((item) => (isCall(item, "->", 2) ? item.args : [item]));
}

/** The weight of the patterns that this node holds directly. */
function ownPatterns(node: Node): number {
  if (isCall(node, "=", 2) || isCall(node, "<-", 2)) return guardedWeight(node.args.slice(0, 1));
  if (!isCall(node, "->", 2)) return 0;
  const [left] = node.args;
  return left?.kind === "list" ? guardedWeight(left.items) : 0;
}

function guardedWeight(clause: readonly Node[]): number {
  let total = 0;
  let patterns = clause;
  for (let [first] = patterns; isCall(first, "when"); [first] = patterns) {
    patterns = first.args.slice(0, -1);
    total += guardTests(first.args.at(-1) ?? null);
  }
  for (const pattern of patterns) total += patternWeight(pattern);
  return total;
}

function patternWeight(pattern: Node): number {
  let weight = 0;
  let deepest = 0;
  const stack = [{ node: pattern, depth: 1 }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { node, depth } = at;
    if (isCall(node, "\\\\", 2) || isCall(node, "::", 2)) {
      const [inner] = node.args;
      if (inner !== undefined) stack.push({ node: inner, depth });
      continue;
    }
    if (isCall(node, "^")) weight += 1;
    else if (isTransparent(node))
      for (const below of children(node)) stack.push({ node: below, depth });
    else if (isContainer(node)) {
      weight += 1;
      deepest = Math.max(deepest, depth);
      for (const below of parts(node)) stack.push({ node: below, depth: depth + 1 });
    } else if (node.kind !== "variable") weight += 1;
  }
  return weight + Math.max(0, deepest - 1);
}

/** `a = b` inside a pattern, `[h | t]`'s bar, and the map of a struct: no bracket of their own. */
function isTransparent(node: Node): boolean {
  return isCall(node, "=", 2) || isCall(node, "|", 2) || isCall(node, "__block__", 1);
}

function isContainer(node: Node): boolean {
  if (node.kind === "list" || node.kind === "pair") return true;
  if (node.kind !== "call" || node.callee === "__aliases__" || node.callee === "@") return false;
  return typeof node.callee === "string";
}

/** What is to be matched inside: of a map's entry its key and value, of a struct its fields. */
function parts(whole: Node): readonly Node[] {
  let node = whole;
  while (isCall(node, "%", 2)) {
    const map: Node | undefined = node.args[1];
    if (map === undefined) return [];
    node = map;
  }
  if (isCall(node, "%{}")) return node.args.flatMap(entryValue);
  if (node.kind === "list") return node.items.flatMap(entryValue);
  return children(node);
}

/** A key is how the value is found, not something to match. Entries are pairs without metadata. */
function entryValue(entry: Node): readonly Node[] {
  return entry.kind === "pair" && entry.meta === null ? [entry.right] : [entry];
}

/** The operands of `and`, `or` and further `when`s. */
function guardTests(guard: Node | null): number {
  let tests = 0;
  const stack = guard === null ? [] : [guard];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isCall(node, "and", 2) || isCall(node, "or", 2) || isCall(node, "when", 2)) {
      pushAll(stack, node.args);
    } else {
      tests += 1;
    }
  }
  return tests;
}
