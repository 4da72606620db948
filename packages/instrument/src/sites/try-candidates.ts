// `try`, also the one that a definition's `rescue` makes, and `receive`.

import { isCall, type Node } from "@elixirscope/syntax";
import type { SiteKind } from "@elixirscope/trace";
import type { Shape, SiteClass } from "./candidate.ts";
import { boundVariables, clausePatterns } from "./pattern-variables.ts";
import { type Call, firstOf, listed, type Section } from "./sections.ts";
import { lineOf, namesOf, type Walker } from "./walker.ts";

const TRY_SECTIONS: ReadonlyMap<string, { class: SiteClass; kind: SiteKind }> = new Map([
  ["else", { class: "try", kind: "try_clause" }],
  ["rescue", { class: "catching", kind: "rescue_clause" }],
  ["catch", { class: "catching", kind: "catch_clause" }],
]);

export function receiveClauses(walker: Walker, node: Call, sections: readonly Section[]): void {
  for (const { key, body } of sections) {
    if (key !== "after") {
      walker.clauses(listed(body), "receive", "receive_clause");
      continue;
    }
    for (const arrow of listed(body)) {
      if (!isCall(arrow, "->") || arrow.meta === null || node.meta === null) continue;
      const [left, then] = arrow.args;
      walker.visit(left);
      const shapes = [arrow.meta, firstOf(then)?.meta ?? arrow.meta].map((at): Shape => ({
        ...lineOf(at),
        generated: false,
        clause: null,
        names: [],
      }));
      const place = { node: arrow, at: arrow.meta, shapes };
      walker.emit({ class: "after", kind: "after_clause", ...place });
      walker.body(then);
    }
  }
}

export function tryClauses(walker: Walker, node: Call, sections: readonly Section[]): void {
  walker.visitAll(node.args.slice(0, -1));
  trySections(walker, node, sections);
}

/** In the order of the compiled `try`: body, `else`, `rescue` and `catch`, `after`. */
export function trySections(walker: Walker, node: Call | null, sections: readonly Section[]): void {
  const order = ["do", "else", "rescue", "catch", "after"];
  const sorted = sections.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  let caught = 0;
  for (const { key, body } of sorted) {
    const how = TRY_SECTIONS.get(key);
    const arrows = listed(body);
    if (how === undefined || !arrows.some((arrow) => isCall(arrow, "->"))) {
      if (key === "after") afterSection(walker, node, body);
      if (arrows.some((arrow) => isCall(arrow, "->"))) {
        walker.clauses(arrows, "branch", "case_clause");
      } else walker.body(body);
      continue;
    }
    if (key === "rescue") rescues(walker, arrows, caught);
    else catches(walker, arrows, how, key === "catch" ? caught : 0);
    if (how.class === "catching") caught += arrows.length;
  }
}

function afterSection(walker: Walker, node: Call | null, body: Node): void {
  const first = firstOf(body)?.meta ?? null;
  const at = first ?? node?.meta ?? null;
  if (at === null) return;
  const shapes = [at, node?.meta ?? at].map((where): Shape => ({
    ...lineOf(where),
    generated: false,
    clause: null,
    names: [],
  }));
  walker.emit({ class: "after", kind: "after_clause", node: body, at, shapes });
}

function catches(
  walker: Walker,
  arrows: readonly Node[],
  how: { class: SiteClass; kind: SiteKind },
  first: number,
): void {
  arrows.forEach((arrow, i) => {
    if (!isCall(arrow, "->")) return;
    const [left, body] = arrow.args;
    const names = namesOf(clausePatterns(left));
    walker.simple(how.class, how.kind, first + i, arrow, names);
    walker.body(body);
  });
}

/** `e in Error` is tested in a guard and bound by a match at the beginning of the body. */
function rescues(walker: Walker, arrows: readonly Node[], first: number): void {
  arrows.forEach((arrow, i) => {
    if (!isCall(arrow, "->") || arrow.meta === null) return;
    const [left, body] = arrow.args;
    const bound = boundVariables(clausePatterns(left));
    const names = bound.map(({ name }) => name);
    const own = { ...lineOf(arrow.meta), generated: false };
    const clause = { ...own, clause: first + i };
    const shapes = [
      { ...clause, names: [] },
      { ...clause, names },
    ];
    const base = { node: arrow, at: arrow.meta } as const;
    const shown = { ...base, shapes: names.length === 0 ? shapes.slice(0, 1) : shapes };
    walker.emit({ class: "catching", kind: "rescue_clause", clause: first + i, ...shown });
    const [variable] = bound;
    if (variable !== undefined) {
      const { node } = variable;
      const match = { ...own, clause: null, names };
      const place = { node, at: node.meta ?? arrow.meta, shapes: [match] };
      walker.emit({ class: "match", kind: "match", ...place });
    }
    walker.body(body);
  });
}
