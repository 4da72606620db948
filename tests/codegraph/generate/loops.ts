// Makers of comprehensions and closures: for in all its forms, fn, captures, what calls them.

import {
  bound,
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
import { guardedHead, variable } from "./patterns.ts";
import { clauses } from "./branches.ts";
import type { Maker, Scope, Writer } from "./writer.ts";

export const loops: readonly Maker[] = [
  {
    name: "for",
    weight: 3,
    make: (w, s, d) => comprehension(w, s, d, [], (scope) => w.block(scope, d)),
  },
  {
    name: "for.into",
    weight: 2,
    make: (w, s, d) =>
      comprehension(
        w,
        s,
        d,
        [
          w.random.chance(50)
            ? line("into: %{}")
            : [...line("into:"), ...indented(call("Some.map", w.atom(s)))],
        ],
        (scope) => enclosed("{", [w.expression(scope, d - 1), w.expression(scope, d)], "}"),
      ),
  },
  {
    name: "for.uniq",
    weight: 1,
    make: (w, s, d) => comprehension(w, s, d, [line("uniq: true")], (scope) => w.block(scope, d)),
  },
  {
    name: "for.into",
    weight: 1,
    make: (w, s, d) => comprehension(w, s, d, [line("into: []")], (scope) => w.block(scope, d)),
  },
  {
    name: "for.reduce",
    weight: 3,
    make: (w, s, d) =>
      comprehension(w, s, d, [[...line("reduce:"), ...indented(operand(w.small(s)))]], (scope) =>
        clauses(w, scope, d, "for.reduce.clause", { total: 90 }),
      ),
  },
  {
    name: "fn.called",
    weight: 2,
    make: (w, s, d) => [
      ...line("("),
      ...indented(closure(w, s, d, 1)),
      ...line(").("),
      ...indented(operand(w.subject(s, d))),
      ...line(")"),
    ],
  },
  {
    name: "fn.called",
    weight: 1,
    make: (w, s, d) => [
      ...line("("),
      ...indented(closure(w, s, d, 2)),
      ...line(").("),
      ...indented(suffixed(operand(w.subject(s, d)), ",")),
      ...indented(operand(w.expression(s, d))),
      ...line(")"),
    ],
  },
  {
    name: "fn.called",
    weight: 1,
    make: (w, s, d) => [
      ...line("("),
      ...indented(line("fn ->")),
      ...indented(tagged(w.block(s, d), "fn.clause"), 2),
      ...indented(line("end")),
      ...line(").()"),
    ],
  },
  {
    name: "Enum.map",
    weight: 3,
    make: (w, s, d) => call("Enum.map", w.list(s, d), closure(w, s, d, 1)),
  },
  {
    name: "Enum.each",
    weight: 1,
    make: (w, s, d) => call("Enum.each", w.list(s, d), closure(w, s, d, 1)),
  },
  {
    name: "Enum.reduce",
    weight: 2,
    make: (w, s, d) =>
      call("Enum.reduce", w.list(s, d), w.expression(s, d - 1), closure(w, s, d, 2)),
  },
  { name: "capture", weight: 2, make: (w, s, d) => call("Enum.map", w.list(s, d), capture(w, s)) },
  {
    name: "capture.called",
    weight: 1,
    make: (w, s, d) =>
      [
        ...operand(capture(w, s)),
        ...line(".("),
        ...indented(operand(w.expression(s, d))),
        ...line(")"),
      ].flatMap((part, index, all) =>
        part.text === ".("
          ? []
          : all[index + 1]?.text === ".("
            ? [{ ...part, text: `${part.text}.(` }]
            : [part],
      ),
  },
  {
    name: "then",
    weight: 1,
    make: (w, s, d) => [
      ...operand(w.expression(s, d)),
      ...line("|> then("),
      ...indented(closure(w, s, d, 1)),
      ...line(")"),
    ],
  },
  {
    name: "Stream.map",
    weight: 1,
    make: (w, s, d) => [
      ...call("Stream.map", w.list(s, d), closure(w, s, d, 1)),
      ...line("|> Enum.to_list()"),
    ],
  },
  {
    name: "Enum.map.raising",
    weight: 1,
    make: (w, s, d) =>
      call("Enum.map", call("Some.maybe_list", w.expression(s, d)), closure(w, s, d, 1)),
  },
  {
    name: "function.called",
    weight: 3,
    make: (w, s, d) => {
      const name = w.variable(s, "function");
      return call(name === null ? "Some.id" : `${name}.`, w.expression(s, d));
    },
  },
];

export function closure(w: Writer, s: Scope, d: number, arity: number): Text {
  return [
    ...line("fn"),
    ...indented(clauses(w, s, d, "fn.clause", { patterns: arity, total: 90 })),
    ...line("end"),
  ];
}

export function capture(w: Writer, s: Scope): Text {
  const name = w.variable(s) ?? "nil";
  return line(
    w.random.pick([
      "&Some.id/1",
      "&Some.pair(&1, &1)",
      `&Some.first(&1, ${name})`,
      `&Some.second(&1, ${name})`,
      `&{&1, ${name}}`,
      `&[&1, ${name}]`,
      "&(&1 - 3_000_000_000)",
      "&(&1)",
      '&"got #{&1}"',
      `&if(&1, do: ${name}, else: &1)`,
      `&(&1 || ${name})`,
      `&%{k: &1, j: ${name}}`,
    ]),
  );
}

function comprehension(
  w: Writer,
  s: Scope,
  d: number,
  options: readonly Text[],
  body: (scope: Scope) => Text,
): Text {
  let scope = s;
  const steps: Text[] = [];
  const generators = w.random.chance(70) ? 1 : 2;
  for (let i = 0; i < generators; i += 1) {
    if (w.random.chance(20)) {
      const made = variable(w, scope, [], "any");
      const source = bound(`<<${made.text}::32`, "<-", call("Some.bits", w.atom(scope)));
      steps.push(tagged(suffixed(source, ">>"), "for.bits"));
      scope = [...scope, ...made.names];
    } else {
      const made = guardedHead(w, scope, 1, 1, 20);
      const source = w.random.chance(12)
        ? tagged(call("Some.maybe_list", w.atom(scope)), "for.raising")
        : w.list(scope, d);
      steps.push(bound(made.head, "<-", source));
      scope = made.scope;
    }
    if (w.random.chance(35)) steps.push(tagged(operand(w.test(scope, d - 1)), "for.filter"));
    if (w.random.chance(15)) {
      const name = w.name(scope);
      steps.push(tagged(bound(name, "=", w.expression(scope, d - 1)), "for.="));
      scope = [...scope, { name, kind: "any" }];
    }
  }
  const parts = [...steps, ...options];
  return [
    ...parts.flatMap((part, index) => {
      const begun = index === 0 ? prefixed("for ", part) : indented(part, 2);
      return suffixed(begun, index === parts.length - 1 ? " do" : ",");
    }),
    ...indented(tagged(body(scope), "for.do")),
    ...line("end"),
  ];
}
