// Clauses `patterns when guard -> body`, of `case`, `fn`, `with … else`, `receive`, `try`, `for … reduce`.

import { pushAll } from "@elixirscope/base";
import { isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { guardUses, record, recordChecks } from "./dfg-guards.ts";
import { bindPatterns, type Match } from "./dfg-patterns.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { isLiteral, type DfgWalker, type Given, type Join } from "./dfg-walker.ts";

export type Clause = {
  readonly node: CallNode;
  readonly patterns: readonly Node[];
  readonly guard: Node | null;
  readonly body: Node | null;
};

/** The clauses of a block; none when it holds plain expressions. */
export function clausesOf(block: Node | undefined): readonly Clause[] {
  if (block?.kind !== "list") return [];
  return block.items.filter((item) => isCall(item, "->", 2)).map(clauseOf);
}

export function clauseOf(arrow: CallNode): Clause {
  const [head, body = null] = arrow.args;
  const items = head?.kind === "list" ? head.items : [];
  const [only] = items;
  if (items.length === 1 && only !== undefined && isCall(only, "when")) {
    const guard = only.args.at(-1) ?? null;
    return { node: arrow, patterns: only.args.slice(0, -1), guard, body };
  }
  return { node: arrow, patterns: items, guard: null, body };
}

/** Evaluates clauses whose patterns take `matches` apart; their values meet in `join`. */
export function* evaluateClauses(
  walker: DfgWalker,
  clauses: readonly Clause[],
  matches: (clause: Clause) => readonly Match[],
  join: Join,
): Steps {
  for (const clause of clauses) {
    const leave = walker.enter(clause.node);
    const matched = bindPatterns(walker, matches(clause));
    pushAll(join.conditions, matched.conditions);
    yield* clauseBody(walker, clause, join);
    leave();
  }
  return CONSTANT;
}

/** Guard and body of a clause whose patterns are bound. */
export function* clauseBody(walker: DfgWalker, clause: Clause, join: Join): Steps {
  const { guard, body } = clause;
  if (guard !== null) {
    pushAll(join.conditions, guardUses(walker, guard));
    if (body !== null) recordChecks(walker, guard, body);
  }
  if (body === null) return CONSTANT;
  const value = walker.leaf(body) ?? (yield walker.steps(body));
  walker.give(join, value, body);
  return CONSTANT;
}

/** Each clause has one pattern, for one subject. */
export function oneSubject(
  walker: DfgWalker,
  subject: Given,
): (clause: Clause) => readonly Match[] {
  return ({ patterns, body }) => {
    const [pattern] = patterns;
    if (pattern === undefined) return [];
    if (body !== null && isLiteral(pattern)) record(walker, subject.node, "==", body);
    return [{ pattern, from: subject }];
  };
}
