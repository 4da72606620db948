// Constructs that choose a value: case, cond, if, unless, with, and the short-circuit operators.
//
// What the tested expression binds stays bound after the construct, what a branch binds does not.

import { pushAll } from "@elixirscope/base";
import { isCall, type CallNode, type Node } from "@elixirscope/syntax";
import { clausesOf, evaluateClauses, oneSubject } from "./dfg-clauses.ts";
import { guardUses, recordChecks } from "./dfg-guards.ts";
import { bindPattern } from "./dfg-patterns.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import {
  emptyJoin,
  nodeOf,
  option,
  type DfgWalker,
  type Given,
  type Join,
  type Operand,
} from "./dfg-walker.ts";

type Operands = readonly Operand[];

export function* caseOf(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const [tested] = operands;
  if (tested === undefined) return walker.called(node);
  const value = walker.leaf(tested) ?? (yield walker.steps(nodeOf(tested)));
  const subject = { value: walker.literal(value, nodeOf(tested)), node: nodeOf(tested) };
  walker.raised?.push(subject);
  const join = emptyJoin();
  join.conditions.push(subject);
  yield* evaluateClauses(
    walker,
    clausesOf(option(operands, "do")),
    oneSubject(walker, subject),
    join,
  );
  return walker.join(join, node);
}

export function* cond(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const join = emptyJoin();
  for (const { node: arrow, patterns, body } of clausesOf(option(operands, "do"))) {
    const [test] = patterns;
    if (test === undefined || body === null) continue;
    const leave = walker.enter(arrow);
    const tested = walker.leaf(test) ?? (yield walker.steps(test));
    join.conditions.push({ value: tested, node: test });
    recordChecks(walker, test, body);
    const value = walker.leaf(body) ?? (yield walker.steps(body));
    walker.give(join, value, body);
    leave();
  }
  return walker.join(join, node);
}

/** `if` and `unless`, with both branches optional. */
export function* conditional(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const [tested] = operands;
  if (tested === undefined) return walker.called(node);
  const value = walker.leaf(tested) ?? (yield walker.steps(nodeOf(tested)));
  const join = emptyJoin();
  join.conditions.push({ value, node: nodeOf(tested) });
  const [yes, no] = node.callee === "unless" ? ["else", "do"] : ["do", "else"];
  recordChecks(walker, nodeOf(tested), option(operands, yes), option(operands, no));
  for (const key of ["do", "else"]) {
    const branch = option(operands, key);
    if (branch !== undefined) yield* branchOf(walker, branch, join);
  }
  return walker.join(join, node);
}

function* branchOf(walker: DfgWalker, branch: Node, join: Join): Steps {
  const leave = walker.enter(branch);
  const value = walker.leaf(branch) ?? (yield walker.steps(branch));
  walker.give(join, value, branch);
  leave();
  return value;
}

/** `&&`, `||`, `and`, `or`: the left value decides, and is the result when it does. */
export function* shortCircuit(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const [left, right] = operands;
  if (left === undefined || right === undefined) return walker.called(node);
  const value = walker.leaf(left) ?? (yield walker.steps(nodeOf(left)));
  const decisive = { value, node: nodeOf(left) };
  const join = emptyJoin();
  join.conditions.push(decisive);
  join.values.push(decisive);
  if (node.callee === "and" || node.callee === "or") walker.raised?.push(decisive);
  if (node.callee === "&&" || node.callee === "and") {
    recordChecks(walker, nodeOf(left), nodeOf(right));
  }
  yield* branchOf(walker, nodeOf(right), join);
  return walker.join(join, node);
}

/** What the right side of `<-` binds is not seen by anything. */
export function* withOf(walker: DfgWalker, node: CallNode, operands: Operands): Steps {
  const join = emptyJoin();
  const failed: Given[] = [];
  const body = option(operands, "do");
  const leave = walker.enter({ start: node.start, end: body?.end ?? node.end });
  for (const operand of operands) {
    const clause = nodeOf(operand);
    if (clause.kind === "list") break;
    if (isCall(clause, "<-", 2)) yield* withClause(walker, clause, join, failed);
    else if (walker.leaf(clause) === undefined) yield walker.steps(clause);
  }
  if (body !== undefined) yield* branchOf(walker, body, join);
  leave();
  const otherwise = clausesOf(option(operands, "else"));
  if (otherwise.length === 0) pushAll(join.values, failed);
  else yield* withElse(walker, node, otherwise, failed, join);
  return walker.join(join, node);
}

function* withClause(walker: DfgWalker, clause: CallNode, join: Join, failed: Given[]): Steps {
  const [left, right] = clause.args;
  if (left === undefined || right === undefined) return CONSTANT;
  const mark = walker.bindings.mark();
  const value = walker.leaf(right) ?? (yield walker.steps(right));
  walker.bindings.undo(mark);
  const given = { value: walker.literal(value, right), node: right };
  const [pattern = left, guard] = isCall(left, "when") ? left.args : [left];
  const matched = bindPattern(walker, pattern, given);
  join.conditions.push(given, ...matched.conditions);
  if (guard !== undefined) pushAll(join.conditions, guardUses(walker, guard));
  if (matched.refutable || guard !== undefined) failed.push(given);
  return CONSTANT;
}

function* withElse(
  walker: DfgWalker,
  node: CallNode,
  clauses: ReturnType<typeof clausesOf>,
  failed: readonly Given[],
  join: Join,
): Steps {
  const [only] = failed;
  // with nothing that may fail the clauses are never taken, but they are there
  const value =
    failed.length < 2
      ? (only?.value ?? CONSTANT)
      : walker.join({ values: [...failed], conditions: [] }, node);
  const subject = { value, node: only?.node ?? node };
  walker.raised?.push(subject);
  return yield* evaluateClauses(walker, clauses, oneSubject(walker, subject), join);
}
