// Makers of statements: `=` in all its forms, and expressions whose value is not used.

import { pattern } from "./patterns.ts";
import { bound, call, enclosed, indented, line, type Text } from "./text.ts";
import { capture, closure } from "./loops.ts";
import type { Name, Scope, StatementMaker } from "./writer.ts";

/** Their names are seen by what follows. */
export const statements: readonly StatementMaker[] = [
  {
    name: "match",
    weight: 8,
    make: (w, s, d) => {
      const name = w.name(s);
      return { text: bound(name, "=", w.expression(s, d)), scope: [...s, any(name)] };
    },
  },
  {
    name: "match.call",
    weight: 5,
    make: (w, s) => {
      const kinds = ["list", "map", "point"] as const;
      const kind = w.random.pick(kinds);
      const name = w.name(s);
      const value = w.atom(s)[0]?.text ?? "nil";
      return { text: line(`${name} = Some.${kind}(${value})`), scope: [...s, { name, kind }] };
    },
  },
  {
    name: "match.rebind",
    weight: 3,
    make: (w, s) => {
      const name = w.variable(s);
      if (name === null) return { text: line("Some.fresh()"), scope: s };
      return { text: line(`${name} = Some.id(${name})`), scope: [...s, any(name)] };
    },
  },
  {
    name: "match.copy",
    weight: 2,
    make: (w, s) => {
      const from = w.variable(s);
      const name = w.name(s);
      return { text: line(`${name} = ${from ?? w.token()}`), scope: [...s, any(name)] };
    },
  },
  {
    name: "match.chain",
    weight: 1,
    make: (w, s, d) => {
      const [one, other] = [w.name(s), w.name(s)];
      if (one === other)
        return { text: bound(one, "=", w.expression(s, d)), scope: [...s, any(one)] };
      return {
        text: [...line(`${one} =`), ...indented(bound(other, "=", w.expression(s, d)))],
        scope: [...s, any(one), any(other)],
      };
    },
  },
  {
    name: "match.pattern",
    weight: 3,
    make: (w, s, d) => {
      const made = pattern(w, s, 2);
      return { text: bound(made.text, "=", w.subject(s, d)), scope: [...s, ...made.names] };
    },
  },
  {
    name: "match.sure",
    weight: 5,
    make: (w, s, d) => {
      const [one, two] = [w.name(s), w.name(s)];
      const other = one === two ? `${two}b` : two;
      const pair = (): readonly Text[] => [w.expression(s, d), w.expression(s, d)];
      const way = w.random.pick([
        { pattern: `{${one}, ${other}}`, value: () => enclosed("{", pair(), "}") },
        { pattern: `[${one} | ${other}]`, value: () => enclosed("[", pair(), "]") },
        { pattern: `%{k: ${one}} = ${other}`, value: () => call("Some.map", w.expression(s, d)) },
        {
          pattern: `%Point{x: ${one}, y: ${other}}`,
          value: () => call("Some.point", w.expression(s, d)),
        },
        {
          pattern: `<<${one}::32, ${other}::binary>>`,
          value: () => call("Some.bytes", w.expression(s, d)),
        },
        {
          pattern: `<<_::8, ${one}::size(24), ${other}::binary-size(4)>>`,
          value: () => call("Some.bytes", w.expression(s, d)),
        },
      ]);
      return { text: bound(way.pattern, "=", way.value()), scope: [...s, any(one), any(other)] };
    },
  },
  {
    name: "destructure",
    weight: 1,
    make: (w, s, d) => {
      const [one, other] = [w.name(s), w.name(s)];
      if (one === other) return { text: w.expression(s, d), scope: s };
      return {
        text: enclosed("destructure(", [line(`[${one}, ${other}]`), w.list(s, d)], ")"),
        scope: [...s, any(one), any(other)],
      };
    },
  },
  {
    name: "match.function",
    weight: 4,
    make: (w, s, d) => {
      const name = w.name(s);
      const fun = w.random.chance(70) ? closure(w, s, d, 1) : capture(w, s);
      const made = [...line(`${name} =`), ...indented(fun)];
      const scope: Scope = [...s, { name, kind: "function" }];
      const called = w.random.chance(70) ? call(`${name}.`, w.subject(scope, d)) : [];
      return { text: [...made, ...called], scope };
    },
  },
  { name: "statement", weight: 4, make: (w, s, d) => ({ text: w.expression(s, d), scope: s }) },
];

function any(name: string): Name {
  return { name, kind: "any" };
}
