// The variables that a pattern binds, as nodes of the source.

import { children, isCall, type Node } from "@elixirscope/syntax";

export type BoundVariable = { readonly name: string; readonly node: Node };

/** Read, or no variable at all. */
const NOT_BOUND: ReadonlySet<string> = new Set(["^", "@", "quote", "unquote", "unquote_splicing"]);
const SPECIAL: ReadonlySet<string> = new Set([
  "_",
  "__MODULE__",
  "__ENV__",
  "__CALLER__",
  "__DIR__",
  "__STACKTRACE__",
]);

/** Each name once, where it stands first. Guards and defaults may be part of what is given. */
export function boundVariables(patterns: readonly Node[]): readonly BoundVariable[] {
  const found = new Map<string, BoundVariable>();
  const stack = patterns.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.kind === "variable") {
      const { name } = node;
      if (!SPECIAL.has(name) && !found.has(name)) found.set(name, { name, node });
      continue;
    }
    const below = bindingParts(node);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const part = below[i];
      if (part !== undefined) stack.push(part);
    }
  }
  return [...found.values()];
}

function bindingParts(node: Node): readonly Node[] {
  if (node.kind !== "call" || typeof node.callee !== "string") return children(node);
  const { callee, args } = node;
  if (NOT_BOUND.has(callee)) return [];
  // sizes and types are read, defaults and guards are no part of the pattern
  if (callee === "::" || callee === "\\\\" || callee === "in") return args.slice(0, 1);
  if (callee === "when") return args.slice(0, -1);
  // keys of maps are values
  if (callee === "%{}") return args.map((arg) => (arg.kind === "pair" ? arg.right : arg));
  return args;
}

/** `pattern` of `pattern when guard`, or the patterns themselves. */
export function clausePatterns(left: Node | undefined): readonly Node[] {
  if (left?.kind !== "list") return left === undefined ? [] : [left];
  const only = left.items[0];
  if (left.items.length === 1 && isCall(only, "when")) return only.args.slice(0, -1);
  return left.items;
}
