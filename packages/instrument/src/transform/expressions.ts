// Expressions whose value is used where they stand: the same expression, with events around what binds,
// branches, sends and is called. What is unknown stays as it is.

import { list, type Term } from "@elixirscope/etf";
import { placeOf } from "./annotations.ts";
import { callTarget, hibernates, sends, standIn, targetText } from "./call-targets.ts";
import { branchClauses, isCompilerMade } from "./clauses.ts";
import { comprehension } from "./comprehensions.ts";
import { comprehensionCall } from "./elixir-for.ts";
import {
  annoOf,
  blockNode,
  isLiteral,
  itemsOf,
  kindOf,
  matchNode,
  part,
  partCount,
  replaced,
  variable,
  variableName,
} from "./forms.ts";
import {
  bindEvent,
  branchEvent,
  captureCall,
  evaluatedFirst,
  fork,
  join,
  lineEvent,
  sendEvent,
  withValue,
  type Frame,
} from "./frame.ts";
import { inPlaceClauses, isShortCircuit } from "./tail-calls.ts";
import { bindPatterns } from "./variables.ts";

/** Where the expressions of a node are; the others are handled by name. */
const PLAIN_PARTS: Readonly<Record<string, readonly number[]>> = {
  tuple: [2],
  cons: [2, 3],
  bin: [2],
  bin_element: [2],
  map_field_assoc: [2, 3],
  map_field_exact: [2, 3],
  catch: [2],
};

export function expression(form: Term, frame: Frame): Term {
  switch (kindOf(form)) {
    case "match":
      return match(form, frame);
    case "block":
      return replaced(form, { 2: list(body(itemsOf(part(form, 2)), frame)) });
    case "case":
      return caseOf(form, frame);
    case "if":
      return replaced(form, { 2: clauses(part(form, 2), frame, "if_clause") });
    case "receive":
      return receive(form, frame);
    case "try":
      return tryOf(form, frame);
    case "maybe":
      return maybe(form, frame);
    case "fun":
    case "named_fun":
      return frame.module.closure(form, frame);
    case "lc":
    case "bc":
    case "mc":
      return comprehension(form, frame, expression);
    case "call":
      return call(form, frame);
    case "op":
      return operator(form, frame);
    case "map":
    case "record":
    case "record_field":
      return fields(form, frame);
    default:
      return plain(form, frame);
  }
}

export function expressions(forms: readonly Term[], frame: Frame): Term[] {
  return forms.map((form) => expression(form, frame));
}

/** Statements in order, the last one's value being that of all. */
export function body(statements: readonly Term[], frame: Frame): Term[] {
  return statements.flatMap((statement, index) => [
    ...lineStart(statements, index, frame),
    ...(index === statements.length - 1
      ? [expression(statement, frame)]
      : unusedStatement(statement, frame)),
  ]);
}

/** Statements whose values nobody uses. */
export function unused(statements: readonly Term[], frame: Frame): Term[] {
  return statements.flatMap((statement, index) => [
    ...lineStart(statements, index, frame),
    ...unusedStatement(statement, frame),
  ]);
}

/** The event of a line that none of the statements before it in the same body began. */
export function lineStart(statements: readonly Term[], index: number, frame: Frame): Term[] {
  const statement = statements[index];
  const before = statements[index - 1];
  if (statement === undefined) return [];
  const anno = annoOf(statement);
  if (before !== undefined && placeOf(annoOf(before)).line === placeOf(anno).line) return [];
  const event = lineEvent(frame, anno);
  return event === null ? [] : [event];
}

/** A statement whose value nobody uses. */
export function unusedStatement(statement: Term, frame: Frame): Term[] {
  const kind = kindOf(statement);
  if (kind !== "match" && kind !== "maybe_match") return [expression(statement, frame)];
  const value = expression(part(statement, 3), frame);
  const bound = bindPatterns([part(statement, 2)], frame.scope);
  const event = bindEvent(frame, annoOf(statement), bound);
  const done = replaced(statement, { 3: value });
  return event === null ? [done] : [done, event];
}

function match(form: Term, frame: Frame): Term {
  const [matched, event] = unusedStatement(form, frame);
  if (matched === undefined || event === undefined) return matched ?? form;
  if (variableName(part(form, 2)) !== null) {
    return blockNode([matched, event, part(form, 2)]);
  }
  const name = variable(frame.fresh.next());
  return blockNode([matchNode(name, matched), event, name]);
}

function caseOf(form: Term, frame: Frame): Term {
  const subject = expression(part(form, 2), frame);
  const made = isCompilerMade(form) ? null : "case_clause";
  return replaced(form, { 2: subject, 3: clauses(part(form, 3), frame, made) });
}

function clauses(
  forms: Term,
  frame: Frame,
  kind: "case_clause" | "if_clause" | "receive_clause" | null,
): Term {
  return branchClauses(itemsOf(forms), frame, kind, body);
}

function receive(form: Term, frame: Frame): Term {
  const waiting = captureCall("waiting", []);
  return blockNode([waiting, receiveWith(form, frame, body)]);
}

/** `receive` with its clauses' bodies made by `bodyOf`. */
export function receiveWith(
  form: Term,
  frame: Frame,
  bodyOf: (statements: readonly Term[], frame: Frame) => Term[],
): Term {
  const chosen = branchClauses(itemsOf(part(form, 2)), frame, "receive_clause", bodyOf);
  if (partCount(form) !== 5) return replaced(form, { 2: chosen });
  const timeout = expression(part(form, 3), frame);
  return replaced(form, { 2: chosen, 3: timeout, 4: afterBody(part(form, 4), frame, bodyOf) });
}

function afterBody(
  statements: Term,
  frame: Frame,
  bodyOf: (statements: readonly Term[], frame: Frame) => Term[],
): Term {
  const [first] = itemsOf(statements);
  if (first === undefined) return statements;
  const inner = fork(frame);
  const event = branchEvent(inner, annoOf(first), "after_clause", null, []);
  const done = bodyOf(itemsOf(statements), inner);
  join(frame, [inner]);
  return list(event === null ? done : [event, ...done]);
}

function tryOf(form: Term, frame: Frame): Term {
  const inner = fork(frame);
  const protectedBody = list(body(itemsOf(part(form, 2)), inner));
  return replaced(form, {
    2: protectedBody,
    3: branchClauses(itemsOf(part(form, 3)), inner, "try_clause", body),
    4: branchClauses(itemsOf(part(form, 4)), frame, "catch_clause", body),
    5: afterBody(part(form, 5), frame, body),
  });
}

function maybe(form: Term, frame: Frame): Term {
  const inner = fork(frame);
  const done = list(maybeBody(itemsOf(part(form, 2)), inner));
  if (partCount(form) !== 4) return replaced(form, { 2: done });
  const otherwise = part(form, 3);
  const chosen = branchClauses(itemsOf(part(otherwise, 2)), frame, "else_clause", body);
  return replaced(form, { 2: done, 3: replaced(otherwise, { 2: chosen }) });
}

function maybeBody(statements: readonly Term[], frame: Frame): Term[] {
  const last = statements.at(-1);
  if (last === undefined || kindOf(last) !== "maybe_match") return body(statements, frame);
  return [
    ...unused(statements.slice(0, -1), frame),
    ...lineStart(statements, statements.length - 1, frame),
    ...lastMaybeMatch(last, frame).statements,
  ];
}

/** `P ?= E` as the last statement: its value is in a variable afterwards. */
export function lastMaybeMatch(
  form: Term,
  frame: Frame,
): { readonly statements: readonly Term[]; readonly value: Term } {
  const value = variable(frame.fresh.next());
  const [matched, ...event] = unusedStatement(form, frame);
  if (matched === undefined) return { statements: [form], value };
  const whole = matchNode(part(form, 2), value);
  return { statements: [replaced(matched, { 2: whole }), ...event, value], value };
}

function call(form: Term, frame: Frame): Term {
  const anno = annoOf(form);
  const target = callTarget(form, frame.module.locals);
  if (target.kind === "none") return form;
  const elixir = frame.module.elixir
    ? comprehensionCall(form, frame, { expression, body, unused })
    : null;
  if (elixir !== null) return elixir;
  if (target.kind === "in_place") return callInPlace(form, frame, body);
  const other = standIn(target);
  const done = other === null ? calleeAndArguments(form, frame) : captureCall(other, []);
  const text = targetText(target, frame.module.locals);
  if (hibernates(target)) return beforeCall(done, frame, captureCall("hibernating", []));
  const event = sends(target) ? sendEvent(frame, anno, target) : null;
  return withValue(frame, event === null ? done : beforeCall(done, frame, event), anno, text);
}

function calleeAndArguments(form: Term, frame: Frame): Term {
  const callee = part(form, 2);
  const done =
    kindOf(callee) === "remote"
      ? replaced(callee, {
          2: expression(part(callee, 2), frame),
          3: expression(part(callee, 3), frame),
        })
      : expression(callee, frame);
  return replaced(form, { 2: done, 3: list(expressions(itemsOf(part(form, 3)), frame)) });
}

/** A fun that is called where it is made: the compiler puts its code here, so it is part of this frame. */
export function callInPlace(
  form: Term,
  frame: Frame,
  bodyOf: (statements: readonly Term[], frame: Frame) => Term[],
): Term {
  const callee = part(form, 2);
  const args = list(expressions(itemsOf(part(form, 3)), frame));
  const chosen = inPlaceClauses(form).map((clause) => {
    const inner = fork(frame);
    const bound = bindPatterns(itemsOf(part(clause, 2)), new Set());
    for (const name of bound) inner.scope.add(name);
    const event = bindEvent(inner, annoOf(clause), bound);
    const done = bodyOf(itemsOf(part(clause, 4)), inner);
    return replaced(clause, { 4: list(event === null ? done : [event, ...done]) });
  });
  const fun = replaced(callee, { 2: replaced(part(callee, 2), { 1: list(chosen) }) });
  return replaced(form, { 2: fun, 3: args });
}

/** The call with an event between its arguments and itself. */
function beforeCall(form: Term, frame: Frame, event: Term): Term {
  const args = itemsOf(part(form, 3));
  return evaluatedFirst(frame, args, (values) => [event, replaced(form, { 3: list(values) })]);
}

function operator(form: Term, frame: Frame): Term {
  const anno = annoOf(form);
  if (partCount(form) === 4) {
    const operand = part(form, 3);
    if (isLiteral(operand)) return form;
    return withValue(frame, replaced(form, { 3: expression(operand, frame) }), anno, null);
  }
  const left = expression(part(form, 3), frame);
  const rightFrame = isShortCircuit(form) ? fork(frame) : frame;
  const right = expression(part(form, 4), rightFrame);
  const name = part(form, 2);
  const event = name.kind === "atom" && name.name === "!" ? sendEvent(frame, anno, null) : null;
  if (event === null) return withValue(frame, replaced(form, { 3: left, 4: right }), anno, null);
  const sent = evaluatedFirst(frame, [left, right], ([to = left, message = right]) => [
    event,
    replaced(form, { 3: to, 4: message }),
  ]);
  return withValue(frame, sent, anno, null);
}

/** Maps and records: an expression to update, if there is one, and a list of fields. */
function fields(form: Term, frame: Frame): Term {
  const kind = kindOf(form);
  const count = partCount(form);
  const done: Record<number, Term> = {};
  const updates = kind === "map" ? count === 4 : count === 5;
  if (updates) done[2] = expression(part(form, 2), frame);
  const last = part(form, count - 1);
  if (kind === "record_field" && count === 4) done[3] = expression(last, frame);
  else if (last.kind === "list") done[count - 1] = list(expressions(last.items, frame));
  return replaced(form, done);
}

function plain(form: Term, frame: Frame): Term {
  const done: Record<number, Term> = {};
  for (const index of PLAIN_PARTS[kindOf(form)] ?? []) {
    const child = part(form, index);
    done[index] =
      child.kind === "list" ? list(expressions(child.items, frame)) : expression(child, frame);
  }
  return replaced(form, done);
}
