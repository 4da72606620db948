// `for`: a generator is the clause of a fun that `Enum.reduce` or `Enum.map` is given, or a list comprehension's.

import { isCall, type Node } from "@elixirscope/syntax";
import { clausePatterns } from "./pattern-variables.ts";
import { type Call, listed, type Section } from "./sections.ts";
import { lineOf, namesOf, type Walker } from "./walker.ts";

/** Calls that a `for` is compiled to. */
const COLLECTING = ["reverse/1", "reduce/3", "map/2", "from_list/1", "into/2", "element/2"];

export function comprehension(
  walker: Walker,
  node: Call,
  sections: readonly Section[] | null,
): void {
  generators(walker, node, sections);
  collecting(walker, node);
}

/** What gathers the results, and the fun of a plain `for` of newer releases, which is an `Enum.map`. */
function collecting(walker: Walker, node: Call): void {
  const at = node.meta;
  if (at === null) return;
  const shape = { ...lineOf(at), generated: false, clause: null, names: [] };
  const shapes = COLLECTING.map((target) => ({ ...shape, target }));
  walker.emit({ class: "call", unwritten: true, optional: true, node, at, shapes });
  const generator = node.args.map(generatorOf).find((found) => found !== null);
  const where = generator?.node.meta ?? null;
  if (generator === undefined || where === null) return;
  const begin = { clause: 0, node: generator.node, at: where, optional: true };
  walker.frame({ class: "fn", ...begin }, at, where);
}

function generators(walker: Walker, node: Call, sections: readonly Section[] | null): void {
  const parts = sections === null ? node.args : node.args.slice(0, -1);
  for (const part of parts) {
    const generator = generatorOf(part);
    if (generator === null) {
      walker.visit(part);
      if (part.kind !== "list") filter(walker, node);
      continue;
    }
    walker.visit(generator.source);
    const names = namesOf(generator.patterns);
    walker.simple("generator", "generator", null, generator.node, names);
  }
  for (const { body } of sections ?? []) {
    const arrows = listed(body);
    if (arrows.some((arrow) => isCall(arrow, "->"))) {
      walker.clauses(arrows, "branch", "case_clause");
    } else walker.body(body);
  }
}

/** A filter's two clauses; what is filtered away is nothing that somebody wrote. */
function filter(walker: Walker, node: Call): void {
  const at = node.meta;
  if (at === null) return;
  for (const clause of [0, 1]) {
    const shape = { line: at.line, column: null, generated: true, clause, names: [] };
    const place = { node, at, shapes: [shape] };
    walker.emit({ class: "branch", unwritten: true, ...place });
  }
}

type Generator = { readonly node: Node; readonly source: Node; readonly patterns: readonly Node[] };

function generatorOf(part: Node): Generator | null {
  if (isCall(part, "<-", 2)) {
    const [pattern, source] = part.args;
    if (source === undefined) return null;
    return { node: part, source, patterns: clausePatterns(pattern) };
  }
  if (!isCall(part, "<<>>")) return null;
  const last = part.args.at(-1);
  if (!isCall(last, "<-", 2)) return null;
  const [pattern, source] = last.args;
  if (pattern === undefined || source === undefined) return null;
  return { node: last, source, patterns: [...part.args.slice(0, -1), pattern] };
}
