// `try` and `receive`: values that come from elsewhere. What a `rescue` or `catch` takes may be any value
// that a call in the body was given or made; what a `receive` takes may be any value sent here.

import { isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { clauseBody, clausesOf, evaluateClauses, oneSubject, type Clause } from "./dfg-clauses.ts";
import { bindPatterns, type Match } from "./dfg-patterns.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import {
  emptyJoin,
  option,
  type DfgWalker,
  type Given,
  type Join,
  type Operand,
} from "./dfg-walker.ts";

export type TryParts = {
  readonly body: Node | undefined;
  readonly rescue: Node | undefined;
  readonly catch: Node | undefined;
  readonly else: Node | undefined;
  readonly after: Node | undefined;
};

export function* tryOf(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const join = emptyJoin();
  yield* evaluateTry(
    walker,
    node,
    {
      body: option(operands, "do"),
      rescue: option(operands, "rescue"),
      catch: option(operands, "catch"),
      else: option(operands, "else"),
      after: option(operands, "after"),
    },
    join,
  );
  return walker.join(join, node);
}

/** Also the implicit `try` of a function. Nothing that one part binds is visible in another. */
export function* evaluateTry(walker: DfgWalker, node: Node, parts: TryParts, join: Join): Steps {
  const rescue = clausesOf(parts.rescue);
  const caught = clausesOf(parts.catch);
  const takes = rescue.length + caught.length > 0;
  const outer = walker.raised;
  const raised: Given[] = [];
  if (takes) walker.raised = raised;
  if (parts.body !== undefined) yield* tryBody(walker, parts.body, parts.else, join);
  walker.raised = outer;
  if (takes) {
    const exception = walker.draft.define("exception", null, node);
    for (const { value, node: at } of raised) walker.draft.flow("exception", value, exception, at);
    const from = { value: exception, node };
    // what no clause takes is raised again
    outer?.push(from);
    for (const clause of rescue) yield* rescueClause(walker, clause, from, join);
    yield* evaluateClauses(walker, caught, (clause) => caughtMatches(clause, from), join);
  }
  if (parts.after !== undefined) {
    const leave = walker.enter(parts.after);
    if (walker.leaf(parts.after) === undefined) yield walker.steps(parts.after);
    leave();
  }
  return CONSTANT;
}

function* tryBody(walker: DfgWalker, body: Node, otherwise: Node | undefined, join: Join): Steps {
  const leave = walker.enter(body);
  const value = walker.leaf(body) ?? (yield walker.steps(body));
  leave();
  const clauses = clausesOf(otherwise);
  if (clauses.length === 0) {
    walker.give(join, value, body);
    return value;
  }
  const subject = { value, node: body };
  join.conditions.push(subject);
  return yield* evaluateClauses(walker, clauses, oneSubject(walker, subject), join);
}

/** `e`, `e in Error`, `Error`: only a variable on its own or left of `in` is bound. */
function* rescueClause(walker: DfgWalker, clause: Clause, from: Given, join: Join): Steps {
  const [head] = clause.patterns;
  const pattern = head !== undefined && isCall(head, "in", 2) ? head.args[0] : head;
  const leave = walker.enter(clause.node);
  if (head !== undefined) walker.draft.passing(head, "pattern");
  if (pattern?.kind === "variable") bindPatterns(walker, [{ pattern, from }]);
  join.conditions.push(from);
  yield* clauseBody(walker, clause, join);
  leave();
  return CONSTANT;
}

/** `kind, value` or `value` alone. */
function caughtMatches(clause: Clause, from: Given): readonly Match[] {
  const { patterns } = clause;
  const [first, second] = patterns;
  if (first === undefined) return [];
  if (second === undefined) return [{ pattern: first, from }];
  return [
    { pattern: first, from, path: "…" },
    { pattern: second, from },
  ];
}

export function* receive(walker: DfgWalker, node: CallNode, operands: readonly Operand[]): Steps {
  const join = emptyJoin();
  const clauses = clausesOf(option(operands, "do"));
  if (clauses.length > 0) {
    const message = walker.draft.define("message", null, node);
    walker.received.push(message);
    const from = { value: message, node };
    join.conditions.push(from);
    yield* evaluateClauses(walker, clauses, oneSubject(walker, from), join);
  }
  for (const clause of clausesOf(option(operands, "after"))) {
    const leave = walker.enter(clause.node);
    const [timeout] = clause.patterns;
    if (timeout !== undefined) {
      const value = walker.leaf(timeout) ?? (yield walker.steps(timeout));
      join.conditions.push({ value, node: timeout });
    }
    yield* clauseBody(walker, clause, join);
    leave();
  }
  return walker.join(join, node);
}
