// Makers of operators: arithmetic, comparison, short circuits, pipes; and tests made of them.

import {
  call,
  enclosed,
  indented,
  line,
  operand,
  prefixed,
  suffixed,
  tagged,
  type Text,
} from "./text.ts";
import { guardedHead } from "./patterns.ts";
import { clauses } from "./branches.ts";
import type { Maker, Scope, Writer } from "./writer.ts";

export const operators: readonly Maker[] = [
  { name: "concat", weight: 1, make: (w, s, d) => infix(text(w, s, d), "<>", text(w, s, d)) },
  {
    name: "concat.raising",
    weight: 1,
    make: (w, s, d) =>
      infix(
        call("Some.maybe_text", w.expression(s, d)),
        "<>",
        infix(text(w, s, d), "<>", text(w, s, 0)),
      ),
  },
  { name: "append", weight: 1, make: (w, s, d) => infix(w.list(s, d), "++", w.list(s, d)) },
  {
    name: "arithmetic",
    weight: 1,
    make: (w, s, d) => infix(call("Some.int", w.expression(s, d)), "-", line("3_000_000_000")),
  },
  {
    name: "arithmetic.raising",
    weight: 1,
    make: (w, s, d) => infix(call("Some.maybe_number", w.expression(s, d)), "*", line("3")),
  },
  {
    name: "arithmetic.raising",
    weight: 1,
    make: (w, s, d) => enclosed("-(", [call("Some.maybe_number", w.expression(s, d))], ")"),
  },
  {
    name: "comparison",
    weight: 1,
    make: (w, s, d) =>
      infix(w.expression(s, d), w.random.pick(["==", "!=", "<", "==="]), w.expression(s, d)),
  },
  {
    name: "in.list",
    weight: 1,
    make: (w, s, d) => infix(w.expression(s, d), "in", line("[nil, :none, true]")),
  },
  { name: "in", weight: 1, make: (w, s, d) => infix(w.expression(s, d), "in", w.list(s, d)) },
  {
    name: "range",
    weight: 1,
    make: (w, s, d) => infix(line("1"), "..", call("Some.small", w.expression(s, d))),
  },
  { name: "&&", weight: 3, make: (w, s, d) => infix(w.test(s, d), "&&", w.expression(s, d)) },
  { name: "||", weight: 3, make: (w, s, d) => infix(w.test(s, d), "||", w.expression(s, d)) },
  { name: "!", weight: 1, make: (w, s, d) => enclosed("!(", [w.test(s, d)], ")") },
  { name: "and", weight: 2, make: (w, s, d) => infix(boolean(w, s, d), "and", w.expression(s, d)) },
  { name: "or", weight: 2, make: (w, s, d) => infix(boolean(w, s, d), "or", w.expression(s, d)) },
  { name: "not", weight: 1, make: (w, s, d) => enclosed("not(", [boolean(w, s, d)], ")") },
  {
    name: "match?",
    weight: 1,
    make: (w, s, d) => {
      const { head, tags } = guardedHead(w, s, 2, 1, 20);
      return tagged(enclosed("match?(", [line(head), w.subject(s, d)], ")"), ...tags);
    },
  },
  {
    name: "pipe",
    weight: 5,
    make: (w, s, d) => [
      ...operand(w.expression(s, d)),
      ...w.random.several(1, 3, () => step(w, s, d)).flat(),
    ],
  },
  {
    name: "pipe.case",
    weight: 2,
    make: (w, s, d) => [
      ...operand(w.subject(s, d)),
      ...line("|> case do"),
      ...indented(clauses(w, s, d, "case.clause")),
      ...line("end"),
    ],
  },
  {
    name: "pipe.closure",
    weight: 2,
    make: (w, s, d) => [
      ...operand(w.expression(s, d)),
      ...line("|> ("),
      ...indented(line("fn")),
      ...indented(clauses(w, s, d, "fn.clause", { total: 90 }), 2),
      ...indented(line("end")),
      ...line(").()"),
    ],
  },
  {
    name: "tap",
    weight: 1,
    make: (w, s, d) => [
      ...operand(w.expression(s, d)),
      ...line("|> tap("),
      ...indented(line("fn")),
      ...indented(clauses(w, s, d, "fn.clause", { total: 90 }), 2),
      ...indented(line("end")),
      ...line(")"),
    ],
  },
];

/** What `if`, `cond` and filters ask, with the operators of which conditions are made. */
export const tests: readonly Maker[] = [
  { name: "test.&&", weight: 2, make: (w, s, d) => infix(w.test(s, d), "&&", w.test(s, d)) },
  { name: "test.||", weight: 2, make: (w, s, d) => infix(w.test(s, d), "||", w.test(s, d)) },
  { name: "test.!", weight: 2, make: (w, s, d) => enclosed("!(", [w.test(s, d)], ")") },
  { name: "test.and", weight: 1, make: (w, s, d) => infix(boolean(w, s, d), "and", w.test(s, d)) },
  { name: "test.or", weight: 1, make: (w, s, d) => infix(boolean(w, s, d), "or", w.test(s, d)) },
  {
    name: null,
    weight: 1,
    // the negation itself has no node: its operand branches
    make: (w, s, d) => enclosed("not(", [tagged(boolean(w, s, d), "test.not")], ")"),
  },
  {
    name: "test.match?",
    weight: 2,
    make: (w, s, d) => {
      const { head, tags } = guardedHead(w, s, 2, 1, 30);
      return tagged(enclosed("match?(", [line(head), w.subject(s, d)], ")"), ...tags);
    },
  },
  { name: "test.is_nil", weight: 1, make: (w, s, d) => call("is_nil", w.subject(s, d)) },
  {
    name: "test.literal",
    weight: 2,
    make: (w) => line(w.random.pick(["true", "false", "nil", ":yes"])),
  },
  {
    name: "test.in",
    weight: 1,
    make: (w, s, d) => infix(w.expression(s, d), "in", line("[nil, :none]")),
  },
];

function infix(left: Text, operator: string, right: Text): Text {
  // a sign at the beginning of a line would begin a new expression
  if (operator === "-" || operator === "*" || operator === "..") {
    return [...suffixed(operand(left), ` ${operator}`), ...operand(right)];
  }
  return [...operand(left), ...line(operator), ...operand(right)];
}

function text(w: Writer, s: Scope, d: number): Text {
  return call("Some.text", w.expression(s, d));
}

function boolean(w: Writer, s: Scope, d: number): Text {
  return call("Some.almost_bool", w.expression(s, d));
}

function step(w: Writer, s: Scope, d: number): Text {
  const name = w.random.pick(["id", "shape", "first", "second", "pair", "id"]);
  const args = ["id", "shape"].includes(name) ? [] : [w.expression(s, d - 1)];
  return prefixed("|> ", call(`Some.${name}`, ...args));
}
