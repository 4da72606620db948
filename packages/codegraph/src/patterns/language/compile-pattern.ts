// From parsed code with placeholders to a pattern: splits alternatives and refuses what cannot match.

import { pushAll } from "@elixirscope/base";
import { children, isCall, type Node } from "@elixirscope/syntax";
import { unwrapped } from "../code/call.ts";
import { placeholderOf } from "./placeholders.ts";

/** Matching recurses over the pattern, so its depth is bounded. */
const MAX_DEPTH = 100;

export type PatternFault = { readonly at: Node; readonly message: string };

/** The patterns between top-level `|`; each stands alone. */
export function alternativesOf(pattern: Node): readonly Node[] {
  const found: Node[] = [];
  const pending = [pattern];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const node = unwrapped(at);
    if (isCall(node, "|", 2)) pushAll(pending, node.args.toReversed());
    else found.push(node);
  }
  return found;
}

/** What makes `pattern` useless; null when it is fine. */
export function faultIn(pattern: Node): PatternFault | null {
  const pending: { node: Node; depth: number }[] = [{ node: pattern, depth: 0 }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.depth > MAX_DEPTH) {
      return { at: at.node, message: `the pattern is nested deeper than ${MAX_DEPTH} levels` };
    }
    if (at.node.kind === "broken") return { at: at.node, message: "this is not Elixir code" };
    for (const node of children(at.node)) pending.push({ node, depth: at.depth + 1 });
  }
  const everything = alternativesOf(pattern).find((node) => node.kind === "variable");
  if (everything === undefined) return null;
  return {
    at: everything,
    message: "the pattern would match every node; write the code around it",
  };
}

/** Names that `pattern` binds. */
export function namesIn(pattern: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const pending = [pattern];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const name = ownName(node);
    const placeholder = name === null ? null : placeholderOf(name);
    if (placeholder !== null && placeholder.name !== null) names.add(placeholder.name);
    pushAll(pending, children(node));
  }
  return names;
}

function ownName(node: Node): string | null {
  if (node.kind === "variable" || node.kind === "atom") return node.name;
  return node.kind === "call" && typeof node.callee === "string" ? node.callee : null;
}
