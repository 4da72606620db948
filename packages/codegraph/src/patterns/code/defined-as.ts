// The expressions that a variable stands for: itself, or what its whole name was bound to with `=`.

import type { Node } from "@elixirscope/syntax";
import { bindingOf } from "./bindings.ts";
import { unwrapped } from "./call.ts";
import type { FileCode } from "./file-code.ts";
import { results } from "./origins.ts";

/** Names followed at most; longer chains are rebinding in a row. */
const LIMIT = 20;

export function definedAs(expression: Node, code: FileCode): readonly Node[] {
  const found: Node[] = [];
  const seen = new Set<Node>();
  const pending = [expression];
  for (let at = pending.pop(); at !== undefined && seen.size < LIMIT; at = pending.pop()) {
    const node = unwrapped(at);
    if (seen.has(node)) continue;
    seen.add(node);
    const binding = node.kind === "variable" ? bindingOf(node, code) : null;
    if (binding?.kind === "match" && binding.whole && binding.value !== null) {
      pending.push(...results(binding.value));
    } else {
      found.push(node);
    }
  }
  return found;
}
