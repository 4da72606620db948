// Expressions in tail position. The body of a recorded function stands in a `try`, where a call is no tail
// call any more. So it says what it would call: it ends with `[0 | Value]`, or with `[K, Argument…]` for its
// K-th tail call, which is then made outside of the `try`. (Lists, for the type pass of OTP 25 crashes on some
// of these tuples; and two words are less than three.)

import { list, type Term } from "@elixirscope/etf";
import type { SiteKind } from "@elixirscope/trace";
import { callTarget, withoutApply } from "./call-targets.ts";
import { branchClauses, isCompilerMade } from "./clauses.ts";
import {
  body,
  callInPlace,
  expression,
  lastMaybeMatch,
  lineStart,
  receiveWith,
  unused,
} from "./expressions.ts";
import {
  annoOf,
  atomNode,
  blockNode,
  clauseNode,
  consNode,
  integerNode,
  itemsOf,
  kindOf,
  listNode,
  matchNode,
  NO_GUARD,
  node,
  NOWHERE,
  part,
  partCount,
  remoteCall,
  replaced,
  tupleNode,
  variable,
  variableName,
} from "./forms.ts";
import { captureCall, evaluatedFirst, fork, join, namedValueEvent, type Frame } from "./frame.ts";
import { jumpCondition, takenApart, type Jump } from "./jumps.ts";
import { endsWithItsName } from "./tail-calls.ts";

export type Tail = {
  readonly frame: Frame;
  /** the tail calls met so far */
  readonly jumps: Jump[];
  /** variables that get the value, but that the compiler would drop: `X = f()` at the end */
  readonly names: readonly string[];
};

export function tailBody(statements: readonly Term[], tail: Tail): Term[] {
  const { frame } = tail;
  const before = endsWithItsName(statements) ? statements.at(-2) : undefined;
  const name = before === undefined ? null : variableName(part(before, 2));
  const named = before !== undefined && name !== null && !frame.scope.has(name);
  const rest = statements.slice(0, named ? -2 : -1);
  const last = named ? before : statements.at(-1);
  if (last === undefined) return [];
  const done = unused(rest, frame);
  const line = lineStart([...rest, last], rest.length, frame);
  return [...done, ...line, tailExpression(last, tail)];
}

export function tailExpression(form: Term, tail: Tail): Term {
  const { frame } = tail;
  if (!frame.module.tailCalls.hasTailCall(form)) return value(form, tail);
  switch (kindOf(form)) {
    case "block":
      return replaced(form, { 2: list(tailBody(itemsOf(part(form, 2)), tail)) });
    case "case": {
      const subject = expression(part(form, 2), frame);
      const kind = isCompilerMade(form) ? null : "case_clause";
      return replaced(form, { 2: subject, 3: tailClauses(part(form, 3), tail, kind) });
    }
    case "if":
      return replaced(form, { 2: tailClauses(part(form, 2), tail, "if_clause") });
    case "receive": {
      const received = receiveWith(form, frame, bodyIn(tail));
      return blockNode([captureCall("waiting", []), received]);
    }
    case "try":
      return tailTry(form, tail);
    case "maybe":
      return tailMaybe(form, tail);
    case "op":
      return shortCircuit(form, tail);
    case "match":
      return tailMatch(form, tail);
    default:
      return tailCall(form, tail);
  }
}

function bodyIn(tail: Tail): (statements: readonly Term[], frame: Frame) => Term[] {
  return (statements, frame) => tailBody(statements, { ...tail, frame });
}

function tailClauses(clauses: Term, tail: Tail, kind: SiteKind | null): Term {
  return branchClauses(itemsOf(clauses), tail.frame, kind, bodyIn(tail));
}

/** `[0 | Value]`, behind the event of the variables that get the value. */
function value(form: Term, tail: Tail): Term {
  return valueOf(expression(form, tail.frame), annoOf(form), tail);
}

function valueOf(done: Term, anno: Term, { frame, names }: Tail): Term {
  const zero = integerNode(0);
  const result = variable(frame.fresh.next());
  const event = namedValueEvent(frame, anno, names, result);
  if (event === null) return consNode(zero, done);
  const ended = consNode(zero, result);
  return blockNode([matchNode(result, done), event, ended]);
}

function tailMatch(form: Term, tail: Tail): Term {
  const name = variableName(part(form, 2));
  if (name === null || tail.frame.scope.has(name)) return value(form, tail);
  const names = name === "_" ? tail.names : [...tail.names, name];
  return tailExpression(part(form, 3), { ...tail, names });
}

function tailTry(form: Term, tail: Tail): Term {
  const { frame } = tail;
  const inner = fork(frame);
  const protectedBody = list(body(itemsOf(part(form, 2)), inner));
  const chosen = itemsOf(part(form, 3));
  const result = variable(frame.fresh.next());
  const through = clauseNode([result], NO_GUARD, [valueOf(result, annoOf(form), tail)]);
  return replaced(form, {
    2: protectedBody,
    3:
      chosen.length === 0
        ? list([through])
        : tailClauses(part(form, 3), { ...tail, frame: inner }, "try_clause"),
    4: tailClauses(part(form, 4), tail, "catch_clause"),
  });
}

function tailMaybe(form: Term, tail: Tail): Term {
  const { frame } = tail;
  const inner = { ...tail, frame: fork(frame) };
  const statements = itemsOf(part(form, 2));
  const last = statements.at(-1);
  const done =
    last !== undefined && kindOf(last) === "maybe_match"
      ? endingMaybeMatch(statements.slice(0, -1), last, inner)
      : tailBody(statements, inner);
  if (partCount(form) === 4) {
    const otherwise = part(form, 3);
    const chosen = tailClauses(part(otherwise, 2), tail, "else_clause");
    return replaced(form, { 2: list(done), 3: replaced(otherwise, { 2: chosen }) });
  }
  // what did not match is the value of the whole
  const other = variable(frame.fresh.next());
  const clause = clauseNode([other], NO_GUARD, [valueOf(other, annoOf(form), tail)]);
  return node("maybe", annoOf(form), list(done), node("else", NOWHERE, list([clause])));
}

function endingMaybeMatch(before: readonly Term[], last: Term, tail: Tail): Term[] {
  const done = unused(before, tail.frame);
  const { statements, value: matched } = lastMaybeMatch(last, tail.frame);
  return [...done, ...statements.slice(0, -1), valueOf(matched, annoOf(last), tail)];
}

/** `A andalso B` and `A orelse B`, whose `B` ends with a tail call, as the `case` that they are. */
function shortCircuit(form: Term, tail: Tail): Term {
  const { frame } = tail;
  const anno = annoOf(form);
  const isAnd = tail.frame.module.tailCalls.hasTailCall(form) && nameOf(form) === "andalso";
  const left = expression(part(form, 3), frame);
  const inner = fork(frame);
  const right = tailExpression(part(form, 4), { ...tail, frame: inner });
  join(frame, [inner]);
  const other = variable(frame.fresh.next());
  const reason = tupleNode([atomNode("badarg"), other]);
  const [goesOn, ends] = isAnd ? ["true", "false"] : ["false", "true"];
  const ended = valueOf(atomNode(ends ?? ""), anno, tail);
  return node(
    "case",
    NOWHERE,
    left,
    list([
      clauseNode([atomNode(goesOn ?? "")], NO_GUARD, [right]),
      clauseNode([atomNode(ends ?? "")], NO_GUARD, [ended]),
      clauseNode([other], NO_GUARD, [remoteCall(anno, "erlang", "error", [reason])]),
    ]),
  );
}

function nameOf(form: Term): string {
  const name = part(form, 2);
  return name.kind === "atom" ? name.name : "";
}

function tailCall(written: Term, tail: Tail): Term {
  const { frame } = tail;
  const form = withoutApply(written);
  const target = callTarget(form, frame.module.locals);
  if (target.kind === "in_place") return callInPlace(form, frame, bodyIn(tail));
  const { operands, rebuild } = takenApart(form, frame);
  const tag = tail.jumps.length + 1;
  tail.jumps.push({ tag, form, target, operands: operands.length, rebuild, names: tail.names });
  const taken = (values: readonly Term[]): Term => listNode([integerNode(tag), ...values]);
  const condition = jumpCondition(form, frame);
  if (condition === null) return taken(operands);
  return evaluatedFirst(frame, operands, (values) => {
    const call = rebuild(values);
    return [condition(call, taken(values), valueOf(call, annoOf(form), tail))];
  });
}
