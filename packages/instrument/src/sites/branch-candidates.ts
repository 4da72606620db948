// Choices: `case`, `cond`, `if` and its like, `with`. As Elixir compiles them: an `if` is a case whose first
// clause is the falsy one, without any column; `cond` and `with` are cases inside each other.

import { isCall, type Node } from "@elixirscope/syntax";
import type { Shape } from "./candidate.ts";
import { clausePatterns } from "./pattern-variables.ts";
import { type Call, listed, type Section } from "./sections.ts";
import { lineOf, namesOf, type Walker } from "./walker.ts";

/** By what they are compiled to: are the clauses marked as generated, and is the right side that of truth? */
export const SHORT_CIRCUITS: ReadonlyMap<string, { generated: boolean; rightIfTruthy: boolean }> =
  new Map([
    ["&&", { generated: false, rightIfTruthy: true }],
    ["||", { generated: false, rightIfTruthy: false }],
    ["and", { generated: true, rightIfTruthy: true }],
    ["or", { generated: true, rightIfTruthy: false }],
  ]);

export function caseClauses(
  walker: Walker,
  args: readonly Node[],
  sections: readonly Section[],
): void {
  walker.visitAll(args.slice(0, -1));
  for (const { body } of sections) walker.clauses(listed(body), "branch", "case_clause");
}

/** Each condition is a case of its own, whose second clause is the next condition. */
export function condClauses(walker: Walker, sections: readonly Section[]): void {
  const arrows = sections
    .flatMap(({ body }) => listed(body))
    .filter((arrow): arrow is Call => isCall(arrow, "->"));
  arrows.forEach((arrow, i) => {
    const [left, body] = arrow.args;
    walker.visit(left);
    const at = arrow.meta;
    if (at === null) return;
    const shape = { ...lineOf(at), generated: false, clause: 0, names: [] };
    const base = { class: "branch", node: arrow, at } as const;
    walker.emit({ ...base, kind: "cond_clause", clause: i, shapes: [shape] });
    walker.body(body);
    const next = arrows[i + 1]?.meta ?? null;
    const failing = { ...lineOf(next ?? at), generated: next === null, clause: 1, names: [] };
    walker.emit({ ...base, unwritten: true, shapes: [failing] });
  });
}

/** Of `if` and `unless` the falsy clause comes first, whichever section it is. */
export function ifBranches(
  walker: Walker,
  callee: string,
  node: Call,
  sections: readonly Section[],
): void {
  walker.visitAll(node.args.slice(0, -1));
  const body = (key: string): Node | undefined => sections.find((of) => of.key === key)?.body;
  const [falsy, truthy] = callee === "if" ? (["else", "do"] as const) : (["do", "else"] as const);
  ifClause(walker, node, 0, falsy === "do" ? 0 : 1, true);
  walker.body(body(falsy));
  ifClause(walker, node, 1, truthy === "do" ? 0 : 1, true);
  walker.body(body(truthy));
}

/** `compiled`: 0 is the falsy clause. */
function ifClause(
  walker: Walker,
  node: Call,
  compiled: number,
  clause: number,
  generated: boolean,
): void {
  const at = node.meta;
  if (at === null) return;
  const shape = { line: at.line, column: null, generated, clause: compiled, names: [] };
  walker.emit({ class: "branch", kind: "if_clause", clause, node, at, shapes: [shape] });
}

/** Clause 0 is the one in which the left side was truthy. */
export function shortCircuit(walker: Walker, callee: string, node: Call): void {
  const [left, right] = node.args;
  const how = SHORT_CIRCUITS.get(callee);
  if (how === undefined) return;
  walker.visit(left);
  ifClause(walker, node, 0, 1, how.generated);
  if (!how.rightIfTruthy) walker.visit(right);
  ifClause(walker, node, 1, 0, how.generated);
  if (how.rightIfTruthy) walker.visit(right);
}

export function negation(walker: Walker, node: Call): void {
  walker.visitAll(node.args);
  ifClause(walker, node, 0, 1, true);
  ifClause(walker, node, 1, 0, true);
}

export function matchTest(walker: Walker, node: Call): void {
  const [pattern, value] = node.args;
  walker.visit(value);
  const at = node.meta;
  if (at === null) return;
  const names = namesOf(pattern === undefined ? [] : clausePatterns(pattern));
  const matching = { line: at.line, column: null, generated: false, clause: 0, names };
  const failing = { line: at.line, column: null, generated: true, clause: 1, names: [] };
  const base = { class: "branch", node, at } as const;
  walker.emit({ ...base, kind: "case_clause", clause: 0, shapes: [matching] });
  walker.emit({ ...base, unwritten: true, shapes: [failing] });
}

export function withClauses(walker: Walker, node: Call, sections: readonly Section[] | null): void {
  const steps = sections === null ? node.args : node.args.slice(0, -1);
  const otherwise = listed(sections?.find(({ key }) => key === "else")?.body);
  const failing = steps.filter((step) => isCall(step, "<-", 2) && mayFail(step));
  for (const step of steps) {
    if (!isCall(step, "<-", 2)) {
      walker.visit(step);
      continue;
    }
    const [pattern, source] = step.args;
    walker.visit(source);
    const names = namesOf(clausePatterns(pattern));
    walker.simple("branch", "with_clause", 0, step, names);
  }
  walker.body(sections?.find(({ key }) => key === "do")?.body);
  if (failing.length > 0) withElse(walker, node, otherwise, failing.length);
}

function withElse(walker: Walker, node: Call, clauses: readonly Node[], copies: number): void {
  const whole = node.meta;
  if (whole === null) return;
  const made = (clause: number): Shape => {
    return { line: whole.line, column: null, generated: true, clause, names: [] };
  };
  const base = { class: "branch", unwritten: true, node, at: whole } as const;
  walker.emit({ ...base, shapes: [made(1)] }, copies);
  clauses.forEach((arrow, i) => {
    if (!isCall(arrow, "->") || arrow.meta === null) return;
    const [left, body] = arrow.args;
    const names = namesOf(clausePatterns(left));
    const old = { ...made(i), names };
    const own = { ...lineOf(arrow.meta), generated: false, clause: i, names };
    const place = { node: arrow, at: arrow.meta, shapes: [old, own] };
    walker.emit({ class: "branch", kind: "else_clause", clause: i, ...place }, copies);
    walker.body(body, copies);
  });
  if (clauses.length > 0) walker.emit({ ...base, shapes: [made(clauses.length)] }, copies);
}

/** A variable alone takes everything. */
function mayFail(step: Call): boolean {
  return step.args[0]?.kind !== "variable";
}
