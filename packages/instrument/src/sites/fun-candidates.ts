// What has calls of its own: definitions, `fn` and `&`.

import { isCall, type Node, type Position, walk } from "@elixirscope/syntax";
import type { Definition } from "./candidate.ts";
import { clausePatterns } from "./pattern-variables.ts";
import { type Call, sectionsIn } from "./sections.ts";
import { trySections } from "./try-candidates.ts";
import { lineOf, namesOf, type Walker } from "./walker.ts";

/** A tuple of `&1`, `&2` is no call. */
const CONTAINERS: ReadonlySet<string> = new Set(["{}", "%{}", "<<>>", "__block__", "%"]);

export function definition(walker: Walker, node: Call): void {
  const [head, ...rest] = node.args;
  const at = headCall(head)?.meta ?? node.meta;
  if (at === null) return;
  walker.owner = definitionOf(node, at.line);
  walker.visitAll(defaults(head));
  for (const arg of rest) {
    const sections = sectionsIn(arg);
    if (sections === null) walker.visit(arg);
    else trySections(walker, null, sections);
  }
  const own = walker.owner.arities;
  if (own.least < own.most) defaultCall(walker, node, at, `${walker.owner.name ?? ""}/${own.most}`);
  walker.frame({ class: "function", node, at }, at);
}

/** The call of the whole function that one with fewer arguments makes. */
function defaultCall(walker: Walker, node: Call, at: Position, target: string): void {
  const shape = { ...lineOf(at), generated: false, clause: null, names: [], target };
  walker.emit({ class: "call", unwritten: true, node, at, shapes: [shape] });
}

export function funClauses(walker: Walker, clauses: readonly Node[]): void {
  clauses.forEach((arrow, i) => {
    if (!isCall(arrow, "->") || arrow.meta === null) return;
    walker.body(arrow.args[1]);
    walker.frame({ class: "fn", clause: i, node: arrow, at: arrow.meta }, arrow.meta);
  });
}

/** `&(&1 + x)`; `&f/1` and `&f(&1)` are references without a clause, unless `f` is a macro. */
export function captureSite(walker: Walker, node: Call): void {
  const [body] = node.args;
  if (body === undefined || body.kind === "integer") return;
  const isFun = !isReference(body);
  if (isFun) walker.visit(body);
  // literals have no place of their own
  const [name] = isFun || body.kind !== "call" || body.callee !== "/" ? [body] : body.args;
  const compiled = name?.kind === "call" || name?.kind === "variable" ? name.meta : node.meta;
  if (compiled === null || node.meta === null) return;
  const place = { node, at: node.meta, optional: !isFun };
  const begin = { class: "fn", clause: 0, ...place, placeholders: placeholders(body) } as const;
  // of a call of a fun (`&fun.(&1, 2)`) it is the capture's own
  walker.frame(begin, compiled, node.meta);
}

/** The code of a fun that is called where it is made is part of its function: it has no calls of its own. */
export function callInPlace(walker: Walker, fun: Call): void {
  for (const arrow of fun.args) {
    if (!isCall(arrow, "->")) continue;
    const [left, body] = arrow.args;
    const names = namesOf(clausePatterns(left));
    if (names.length > 0) walker.simple("match", "match", null, arrow, names);
    walker.body(body);
  }
}

function headCall(head: Node | undefined): Node | undefined {
  return isCall(head, "when") ? head.args[0] : head;
}

function definitionOf({ args }: Call, line: number): Definition {
  const head = headCall(args[0]);
  if (head?.kind === "variable") return { name: head.name, arities: { least: 0, most: 0 }, line };
  if (head?.kind !== "call") return { name: null, arities: { least: 0, most: 255 }, line };
  const most = head.args.length;
  const least = most - defaults(head).length;
  const name = typeof head.callee === "string" && head.callee !== "unquote" ? head.callee : null;
  // `def unquote(name)` alone has any number of arguments
  const isWhole = head.callee === "unquote";
  return { name, arities: isWhole ? { least: 0, most: 255 } : { least, most }, line };
}

function defaults(head: Node | undefined): readonly Node[] {
  const call = headCall(head);
  if (call?.kind !== "call") return [];
  return call.args.flatMap((arg) => (isCall(arg, "\\\\", 2) ? arg.args.slice(1) : []));
}

/** The highest of `&1`, `&2` … in it. */
function placeholders(body: Node): number {
  let highest = 0;
  walk(body, (node) => {
    if (!isCall(node, "&", 1)) return;
    const [number] = node.args;
    if (number?.kind === "integer") highest = Math.max(highest, Number(number.value));
  });
  return highest;
}

/** `f/1`, `M.f/1`, and calls with exactly `&1, &2 …`, which become references, too. */
function isReference(body: Node): boolean {
  if (body.kind !== "call") return body.kind === "integer";
  if (body.callee === "/" && body.args.length === 2) {
    const [name, arity] = body.args;
    if (arity?.kind === "integer" && (name?.kind === "variable" || name?.kind === "call")) {
      return true;
    }
  }
  if (typeof body.callee === "string" && CONTAINERS.has(body.callee)) return false;
  return (
    body.args.length > 0 &&
    body.args.every(
      (arg, i) =>
        isCall(arg, "&", 1) && arg.args[0]?.kind === "integer" && arg.args[0].value === i + 1,
    )
  );
}
