// Makers of calls: of functions, of other functions of the program, of itself, of what is a value.

import { call, enclosed, indented, line, operand, suffixed } from "./text.ts";
import type { Maker } from "./writer.ts";

export const calls: readonly Maker[] = [
  {
    name: "call",
    weight: 8,
    make: (w, s, d) =>
      call(`Some.${w.random.pick(["id", "shape", "id", "flag", "forget"])}`, w.expression(s, d)),
  },
  {
    name: "call",
    weight: 5,
    make: (w, s, d) =>
      call(
        `Some.${w.random.pick(["first", "second", "choose", "pair"])}`,
        w.expression(s, d),
        w.expression(s, d),
      ),
  },
  { name: "call.raising", weight: 4, make: (w, s, d) => call("Some.risky", w.expression(s, d)) },
  {
    name: "call.raising",
    weight: 1,
    make: (w, s, d) =>
      call(w.random.pick(["hd", "tl"]), call("Some.maybe_list", w.expression(s, d))),
  },
  {
    name: "call.raising",
    weight: 1,
    make: (w, s, d) => call("elem", call("Some.maybe_tuple", w.expression(s, d)), line("1")),
  },
  {
    name: "call.total",
    weight: 1,
    make: (w, s, d) => call("max", w.expression(s, d), w.expression(s, d)),
  },
  {
    name: "call.keywords",
    weight: 1,
    make: (w, s, d) => [
      ...line("Some.id("),
      ...indented(line("one:")),
      ...indented(suffixed(operand(w.expression(s, d)), ","), 2),
      ...indented(line("other:")),
      ...indented(operand(w.expression(s, d)), 2),
      ...line(")"),
    ],
  },
  {
    name: "call.local",
    weight: 5,
    make: (w, s, d) => {
      if (w.callees.length === 0) return call("Some.id", w.expression(s, d));
      const { name, arity } = w.random.pick(w.callees);
      const args = Array.from({ length: arity }, () =>
        w.random.chance(70) ? w.atom(s) : w.subject(s, d),
      );
      return call(name, ...args);
    },
  },
  {
    name: "call.recursive",
    weight: 1,
    make: (w, s, d) => [
      ...line("if Some.fuel() do"),
      ...indented(
        call(w.self.name, ...Array.from({ length: w.self.arity }, () => w.subject(s, 0))),
      ),
      ...line("else"),
      ...indented(w.expression(s, d)),
      ...line("end"),
    ],
  },
  {
    name: "call.module",
    weight: 1,
    make: (w, s, d) =>
      [
        ...operand(call("Some.id", line("Some"))),
        ...enclosed(".id(", [w.expression(s, d)], ")"),
      ].reduce<ReturnType<typeof line>>((all, part, index, parts) => {
        // the dot follows what is called, on its line
        if (part.text.startsWith(".id(") && index > 0) {
          const before = parts[index - 1];
          return before === undefined
            ? all
            : [...all.slice(0, -1), { ...before, text: before.text + part.text }];
        }
        return [...all, part];
      }, []),
  },
  {
    name: "apply",
    weight: 1,
    make: (w, s, d) => [
      ...line("apply("),
      ...indented(line("Some,")),
      ...indented(line(":id,")),
      ...indented(enclosed("[", [w.expression(s, d)], "]")),
      ...line(")"),
    ],
  },
  {
    name: "call.value",
    weight: 1,
    make: (w, s, d) => {
      const name = w.variable(s, w.random.chance(70) ? "function" : undefined);
      if (name === null) return call("Some.id", w.expression(s, d));
      return enclosed(`${name}.(`, [w.expression(s, d)], ")");
    },
  },
];
