// The parts of a function that metrics walk over.

import type { Node } from "@elixirscope/syntax";
import type { ClauseSyntax, FunctionSyntax } from "../module/module-syntax.ts";

export type HandlerSection = {
  readonly name: "rescue" | "catch" | "else" | "after";
  readonly node: Node;
};

/** Guard, body and the sections of an implicit `try`; not the patterns. */
export function codeOf(clause: ClauseSyntax): readonly Node[] {
  const { guard, body } = clause;
  return [guard, body, ...sectionsOf(clause).map(({ node }) => node)].filter(
    (node) => node !== null,
  );
}

export function sectionsOf(clause: ClauseSyntax): readonly HandlerSection[] {
  const sections: HandlerSection[] = [];
  for (const name of ["rescue", "catch", "else", "after"] as const) {
    const node = clause[name];
    if (node !== null) sections.push({ name, node });
  }
  return sections;
}

/** Patterns and code of all clauses. */
export function everythingOf(fn: FunctionSyntax): readonly Node[] {
  return fn.clauses.flatMap((clause) => [...clause.patterns, ...codeOf(clause)]);
}
