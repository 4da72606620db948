// Where a module says what it is, and short lists for explanations.

import { isCall, type Node } from "@elixirscope/syntax";
import type { ModuleSyntax } from "../../module/module-syntax.ts";
import type { FileCode } from "../code/file-code.ts";

/** The `use X` or `@behaviour X` of the module for one of `names`, else the module itself. */
export function declarationOf(
  module: ModuleSyntax,
  names: readonly string[],
  code: FileCode,
): Node {
  for (const { node, args } of code.calls("use")) {
    const [name] = args;
    if (name === undefined || code.placeOf(node)?.module !== module) continue;
    const used = code.moduleNamed(name);
    if (used !== null && (names.includes(used) || used.endsWith("Web"))) return node;
  }
  for (const { node, args } of code.calls("@")) {
    const [attribute] = args;
    if (!isCall(attribute, "behaviour", 1) || code.placeOf(node)?.module !== module) continue;
    const named = attribute.args[0];
    if (named !== undefined && names.includes(code.moduleNamed(named) ?? "")) return node;
  }
  return module.node;
}

/** `` `a`, `b` and 3 more`` */
export function listed(texts: readonly string[], limit = 6): string {
  const distinct = [...new Set(texts)];
  const shown = distinct.slice(0, limit).map((text) => `\`${text}\``);
  const more = distinct.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** The messages that a handler's clauses take: what their first patterns say. */
export function firstPatterns(
  module: ModuleSyntax,
  name: string,
  arity: number,
  code: FileCode,
): readonly string[] {
  const fn = module.functions.find(({ data }) => data.name === name && data.arity === arity);
  return (fn?.clauses ?? []).flatMap(({ patterns: [pattern] }) =>
    pattern === undefined || pattern.kind === "variable" ? [] : [code.text(pattern, 30)],
  );
}

/** Functions of the module by name and arity. */
export function defines(module: ModuleSyntax, name: string, arity: number): boolean {
  return module.functions.some(({ data }) => data.name === name && data.arity === arity);
}
