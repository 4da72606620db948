// Makers of what fails and what waits: raise, throw, exit, try in all its forms, send and receive.

import { arrow, call, indented, line, tagged, type Text } from "./text.ts";
import { guardedHead } from "./patterns.ts";
import { clauses, opened } from "./branches.ts";
import type { Maker, Name, Scope, Writer } from "./writer.ts";

export const failures: readonly Maker[] = [
  { name: null, weight: 4, make: sometimes },
  {
    name: "try",
    weight: 9,
    make: (w, s, d) => [...line("try do"), ...protectedBody(w, s, d), ...line("end")],
  },
  { name: "receive", weight: 4, make: received },
  { name: "receive.after", weight: 2, make: waited },
];

/** A branch that does not return. */
function sometimes(w: Writer, s: Scope, d: number): Text {
  const value = w.atom(s)[0]?.text ?? "nil";
  const way = w.random.pick([
    { tag: "raise", text: line('raise "text"') },
    { tag: "raise", text: line("raise ArgumentError") },
    { tag: "raise", text: line('raise ArgumentError, message: "text"') },
    { tag: "raise", text: line(`raise %KeyError{key: ${value}}`) },
    { tag: "throw", text: call("throw", w.expression(s, d - 1)) },
    { tag: "throw", text: line(`throw({:thrown, ${value}})`) },
    { tag: "exit", text: line(`exit({:shutdown, ${value}})`) },
    { tag: "error", text: line(`:erlang.error({:odd, ${value}})`) },
  ]);
  return [
    ...opened("if", call("Some.flag", w.atom(s))),
    ...indented(tagged(way.text, way.tag)),
    ...line("else"),
    ...indented(w.expression(s, d)),
    ...line("end"),
  ];
}

/** After `do`: a body that may fail, and some of rescue, catch, else, after. */
export function protectedBody(w: Writer, s: Scope, d: number): Text {
  const { random } = w;
  const rescue = random.chance(50);
  const caught = random.chance(50);
  const otherwise = random.chance(30) && (rescue || caught);
  const last = random.chance(40) || (!rescue && !caught);
  return [
    ...indented(tagged(random.chance(60) ? risky(w, s, d) : w.block(s, d), "try.do")),
    ...(rescue ? [...line("rescue"), ...indented(rescues(w, s, d))] : []),
    ...(caught ? [...line("catch"), ...indented(catches(w, s, d))] : []),
    ...(otherwise ? [...line("else"), ...indented(clauses(w, s, d, "try.else"))] : []),
    ...(last ? [...line("after"), ...indented(tagged(w.block(s, d - 1), "try.after"))] : []),
  ];
}

function risky(w: Writer, s: Scope, d: number): Text {
  return [...w.block(s, d - 1), ...call("Some.risky", w.expression(s, d))];
}

function rescues(w: Writer, s: Scope, d: number): Text {
  return w.random
    .several(1, 3, () => {
      const name = w.name(s);
      const bound: Name = { name, kind: "any" };
      const head = w.random.pick([
        { head: `${name} in [ArgumentError, KeyError]`, scope: [...s, bound], tag: "rescue.in" },
        { head: `${name} in RuntimeError`, scope: [...s, bound], tag: "rescue.in" },
        {
          head: w.random.pick(["ArithmeticError", "RuntimeError", "KeyError"]),
          scope: s,
          tag: "rescue.module",
        },
        { head: name, scope: [...s, bound], tag: "rescue.name" },
        { head: "_", scope: s, tag: "rescue._" },
      ]);
      const again = head.scope.length > s.length && w.random.chance(15);
      const body = again
        ? tagged(line(`reraise(${name}, __STACKTRACE__)`), "reraise")
        : w.block(head.scope, d);
      return arrow(head.head, body, head.tag);
    })
    .flat();
}

function catches(w: Writer, s: Scope, d: number): Text {
  return w.random
    .several(1, 3, () => {
      const { head, scope, tags } = guardedHead(w, s, 1, 1, 20);
      const kind = w.name(s);
      const both: Scope = [...scope, { name: kind, kind: "any" }];
      const way = w.random.pick([
        { head, scope, tag: "catch.throw" },
        { head: `:throw, ${head}`, scope, tag: "catch.throw" },
        { head: `:exit, ${head}`, scope, tag: "catch.exit" },
        { head: `:error, ${head}`, scope, tag: "catch.error" },
        {
          head: `${kind}, _`,
          scope: [...s, { name: kind, kind: "any" } as const],
          tag: "catch.kind",
        },
        ...(scope.some(({ name }) => name === kind)
          ? []
          : [{ head: `${kind}, ${head}`, scope: both, tag: "catch.kind" }]),
      ]);
      return arrow(way.head, w.block(way.scope, d), way.tag, ...tags);
    })
    .flat();
}

function sent(w: Writer, s: Scope, d: number): Text {
  return [
    ...line("send("),
    ...indented(line("self(),")),
    ...indented(
      tagged(
        w.subject(s, d).length === 1 ? w.subject(s, 0) : call("Some.shape", w.expression(s, d)),
        "send",
      ),
    ),
    ...line(")"),
  ];
}

/** Something is in the mailbox and the last clause takes anything. */
function received(w: Writer, s: Scope, d: number): Text {
  return [
    ...w.random.several(1, 2, () => sent(w, s, d)).flat(),
    ...line("receive do"),
    ...indented(clauses(w, s, d, "receive.clause", { total: 100 })),
    ...line("end"),
  ];
}

/** Selective, with a time limit. */
function waited(w: Writer, s: Scope, d: number): Text {
  return [
    ...(w.random.chance(60) ? sent(w, s, d) : line("Some.fresh()")),
    ...line("receive do"),
    ...(w.random.chance(85) ? indented(clauses(w, s, d, "receive.clause", { total: 20 })) : []),
    ...line("after"),
    ...indented(w.random.chance(70) ? line("0 ->") : line("Some.small() ->")),
    ...indented(tagged(w.block(s, d), "receive.timeout"), 2),
    ...line("end"),
  ];
}
