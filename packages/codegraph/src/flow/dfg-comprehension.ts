// `for`: generators and filters bind onward, the body's values become elements of the result, `reduce`
// carries an accumulator that is φ of its first value and of what each round gives.

import { pushAll } from "@elixirscope/base";
import { isCall, keyword, type CallNode, type Node } from "@elixirscope/syntax";
import { clausesOf, evaluateClauses } from "./dfg-clauses.ts";
import { guardUses, recordChecks } from "./dfg-guards.ts";
import { bindPattern } from "./dfg-patterns.ts";
import { CONSTANT, type Steps } from "./dfg-steps.ts";
import { emptyJoin, nodeOf, type DfgWalker, type Join, type Operand } from "./dfg-walker.ts";

export function* comprehension(
  walker: DfgWalker,
  node: CallNode,
  operands: readonly Operand[],
): Steps {
  const parts = operands.map(nodeOf);
  const options = parts.filter((part) => part.kind === "list" && isOptions(part));
  const clauses = parts.filter((part) => !options.includes(part));
  const leave = walker.enter(node);
  const reduce = find(options, "reduce");
  const into = find(options, "into");
  const first =
    reduce === undefined ? CONSTANT : (walker.leaf(reduce) ?? (yield walker.steps(reduce)));
  const target = into === undefined ? CONSTANT : (walker.leaf(into) ?? (yield walker.steps(into)));
  const uniq = find(options, "uniq");
  if (uniq !== undefined && walker.leaf(uniq) === undefined) yield walker.steps(uniq);
  const join = emptyJoin();
  for (const clause of clauses) yield* comprehensionClause(walker, clause, node.end, join);
  const body = find(options, "do");
  const result =
    reduce === undefined
      ? yield* collected(walker, node, body, join)
      : yield* reduced(walker, node, { value: first, node: reduce }, body, join);
  if (into !== undefined) walker.draft.flow("copy", target, result, into);
  leave();
  return result;
}

/** The accumulator is the result; without clauses (broken code) the body is just evaluated. */
function* reduced(
  walker: DfgWalker,
  node: CallNode,
  first: { readonly value: number; readonly node: Node },
  body: Node | undefined,
  join: Join,
): Steps {
  const accumulator = walker.draft.define("phi", null, node);
  walker.draft.flow("phi", walker.literal(first.value, first.node), accumulator, first.node);
  const from = { value: accumulator, node };
  yield* evaluateClauses(
    walker,
    clausesOf(body),
    ({ patterns: [pattern] }) => (pattern === undefined ? [] : [{ pattern, from }]),
    join,
  );
  for (const given of join.values) walker.draft.flow("phi", given.value, accumulator, given.node);
  conditions(walker, join, accumulator);
  return accumulator;
}

function* collected(walker: DfgWalker, node: CallNode, body: Node | undefined, join: Join): Steps {
  const value = body === undefined ? CONSTANT : (walker.leaf(body) ?? (yield walker.steps(body)));
  const result = walker.called(node);
  if (body !== undefined) walker.draft.flow("construct", value, result, body, "[*]");
  conditions(walker, join, result);
  return result;
}

function conditions(walker: DfgWalker, join: Join, result: number): void {
  for (const { value, node } of join.conditions) {
    walker.draft.flow("condition", value, result, node);
  }
}

/** `pattern <- list`, `<<segments <- binary>>`, or a filter. */
function* comprehensionClause(walker: DfgWalker, clause: Node, end: number, join: Join): Steps {
  if (isCall(clause, "<-", 2) || isCall(clause, "<:-", 2)) {
    const [left, right] = clause.args;
    if (left === undefined || right === undefined) return CONSTANT;
    const mark = walker.bindings.mark();
    const value = walker.leaf(right) ?? (yield walker.steps(right));
    walker.bindings.undo(mark);
    walker.raised?.push({ value, node: right });
    generator(walker, left, right, value, join);
    return CONSTANT;
  }
  const last = isCall(clause, "<<>>") ? clause.args.at(-1) : undefined;
  if (
    isCall(clause, "<<>>") &&
    last !== undefined &&
    (isCall(last, "<-", 2) || isCall(last, "<:-", 2))
  ) {
    const [segment, right] = last.args;
    if (segment === undefined || right === undefined) return CONSTANT;
    const mark = walker.bindings.mark();
    const value = walker.leaf(right) ?? (yield walker.steps(right));
    walker.bindings.undo(mark);
    walker.raised?.push({ value, node: right });
    const pattern = { ...clause, args: [...clause.args.slice(0, -1), segment] };
    const matched = bindPattern(walker, pattern, { value, node: right });
    pushAll(join.conditions, matched.conditions);
    return CONSTANT;
  }
  const value = walker.leaf(clause) ?? (yield walker.steps(clause));
  join.conditions.push({ value, node: clause });
  recordChecks(walker, clause, { start: clause.end, end });
  return CONSTANT;
}

function generator(walker: DfgWalker, left: Node, right: Node, value: number, join: Join): void {
  const [pattern = left, guard] = isCall(left, "when") ? left.args : [left];
  const matched = bindPattern(walker, pattern, { value, node: right }, "[*]");
  pushAll(join.conditions, matched.conditions);
  if (guard !== undefined) pushAll(join.conditions, guardUses(walker, guard));
}

const OPTIONS = new Set(["do", "into", "reduce", "uniq"]);

function isOptions(node: Node & { readonly kind: "list" }): boolean {
  const [first] = node.items;
  return first?.kind === "pair" && first.left.kind === "atom" && OPTIONS.has(first.left.name);
}

function find(lists: readonly Node[], key: string): Node | undefined {
  for (const list of lists) {
    const value = keyword(list, key);
    if (value !== undefined) return value;
  }
  return undefined;
}
