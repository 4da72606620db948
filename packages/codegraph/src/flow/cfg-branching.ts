// if, unless, cond, case and with.

import { pushAll } from "@elixirscope/base";
import type { Node } from "@elixirscope/syntax";
import { isCall, keyword } from "@elixirscope/syntax";
import type { FlowBuilder, Open, Step } from "./cfg-builder.ts";
import { clauses, head, patternAndGuard, stabClauses } from "./cfg-clauses.ts";
import { condition, outcome } from "./cfg-conditions.ts";
import { opaque } from "./cfg-opaque.ts";

export function ifElse(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  return choice(b, node, args, "if");
}

export function unless(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  return choice(b, node, args, "unless");
}

function* choice(b: FlowBuilder, node: Node, args: readonly Node[], name: "if" | "unless"): Step {
  const [test, block] = args;
  const then = keyword(block, "do");
  if (test === undefined || then === undefined) {
    yield opaque(b, node, args);
    return;
  }
  const otherwise = keyword(block, "else");
  const result = outcome();
  yield condition(b, test, result);
  const { whenTrue, whenFalse } = result;
  b.open = name === "if" ? whenTrue : whenFalse;
  yield b.statement(then);
  const ended = b.open;
  b.open = name === "if" ? whenFalse : whenTrue;
  if (otherwise !== undefined) yield b.statement(otherwise);
  b.open = [...ended, ...b.open];
  b.join(node, name);
}

export function* cond(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const list = stabClauses(keyword(args.at(-1), "do"));
  if (list === null) {
    yield opaque(b, node, args);
    return;
  }
  b.place("dispatch", node, "cond");
  const ended: Open[] = [];
  for (const { patterns, body } of list) {
    const [test] = patterns;
    const result = outcome();
    if (test !== undefined) yield condition(b, test, result);
    b.open = result.whenTrue;
    yield b.statement(body);
    pushAll(ended, b.open);
    b.open = result.whenFalse;
  }
  b.unmatched(b.open, node, "CondClauseError");
  b.open = ended;
  b.join(node, "cond");
}

export function* caseOf(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const [value, block] = args;
  const list = stabClauses(keyword(block, "do"));
  if (value === undefined || list === null) {
    yield opaque(b, node, args);
    return;
  }
  yield b.visit(value);
  b.place("dispatch", node, "case");
  const missed: Open[] = [];
  yield clauses(b, list, missed);
  b.unmatched(missed, node, "CaseClauseError");
  b.join(node, "case");
}

/** What does not match goes to the clauses of `else`; without them it is the value of the `with`. */
export function* withElse(b: FlowBuilder, node: Node, args: readonly Node[]): Step {
  const blocks = args.at(-1);
  const body = keyword(blocks, "do");
  if (body === undefined) {
    yield opaque(b, node, args);
    return;
  }
  b.place("dispatch", node, "with");
  const missed: Open[] = [];
  for (const part of args.slice(0, -1)) {
    const [left, right] = isCall(part, "<-", 2) ? part.args : [];
    if (left === undefined || right === undefined) {
      yield b.statement(part);
      continue;
    }
    yield b.visit(right);
    yield head(b, { node: part, ...patternAndGuard(left) }, missed);
  }
  yield b.statement(body);
  const ended = b.open;
  const others = stabClauses(keyword(blocks, "else"));
  b.open = missed;
  if (others !== null) {
    const unmatched: Open[] = [];
    yield clauses(b, others, unmatched);
    b.unmatched(unmatched, node, "WithClauseError");
  }
  b.open = [...ended, ...b.open];
  b.join(node, "with");
}
