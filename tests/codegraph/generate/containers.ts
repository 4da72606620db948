// Makers of values that hold others: tuples, lists, maps, structs, binaries, text; and their updates.

import { call, enclosed, indented, line, operand, suffixed, type Text } from "./text.ts";
import type { Maker, Scope, Writer } from "./writer.ts";

export const containers: readonly Maker[] = [
  {
    name: "tuple",
    weight: 4,
    make: (w, s, d) =>
      enclosed("{", [line(w.random.pick([":ok", ":error"])), w.expression(s, d)], "}"),
  },
  { name: "tuple", weight: 2, make: (w, s, d) => enclosed("{", several(w, s, d), "}") },
  { name: "list", weight: 3, make: (w, s, d) => enclosed("[", several(w, s, d), "]") },
  {
    name: "cons",
    weight: 2,
    make: (w, s, d) => [
      ...line("["),
      ...indented(operand(w.expression(s, d))),
      ...indented(line("|")),
      ...indented(operand(w.list(s, d))),
      ...line("]"),
    ],
  },
  { name: "keyword", weight: 1, make: (w, s, d) => keyed("[", fields(w, s, d, "a", "b"), "]") },
  { name: "map", weight: 3, make: (w, s, d) => keyed("%{", fields(w, s, d, "k", "j"), "}") },
  {
    name: "map.arrow",
    weight: 2,
    make: (w, s, d) => [
      ...line("%{"),
      ...indented(operand(w.expression(s, d))),
      ...indented(line("=>")),
      ...indented(operand(w.expression(s, d))),
      ...line("}"),
    ],
  },
  {
    name: "struct",
    weight: 2,
    make: (w, s, d) => keyed("%Point{", fields(w, s, d, "x", "y"), "}"),
  },
  {
    name: "map.update",
    weight: 2,
    make: (w, s, d) => updated("%{", base(w, s, d, "map"), fields(w, s, d, "k")),
  },
  {
    name: "map.update.raising",
    weight: 1,
    make: (w, s, d) =>
      updated("%{", call("Some.maybe_map", w.expression(s, d)), fields(w, s, d, "k")),
  },
  {
    name: "struct.update",
    weight: 2,
    make: (w, s, d) => updated("%Point{", base(w, s, d, "point"), fields(w, s, d, "x", "y")),
  },
  {
    name: "struct.update.raising",
    weight: 1,
    make: (w, s, d) =>
      updated("%Point{", call("Some.maybe_point", w.expression(s, d)), fields(w, s, d, "x")),
  },
  {
    name: "map.field",
    weight: 2,
    make: (w, s, d) => suffixed(operand(call("Some.map", w.expression(s, d))), ".k"),
  },
  {
    name: "map.field",
    weight: 1,
    make: (w, s) => line(`${w.variable(s, "point") ?? "%Point{}"}.x`),
  },
  {
    name: "access",
    weight: 2,
    make: (w, s, d) => suffixed(operand(call("Some.map", w.expression(s, d))), "[:k]"),
  },
  {
    name: "put_in",
    weight: 1,
    make: (w, s, d) => [
      ...line("put_in("),
      ...indented(suffixed(operand(call("Some.map", w.expression(s, d))), "[:k],")),
      ...indented(operand(w.expression(s, d))),
      ...line(")"),
    ],
  },
  {
    name: "update_in",
    weight: 1,
    make: (w, s, d) => [
      ...line("update_in("),
      ...indented(suffixed(operand(call("Some.map", w.expression(s, d))), ".k,")),
      ...indented(line(`&Some.first(&1, ${w.variable(s) ?? "nil"})`)),
      ...line(")"),
    ],
  },
  {
    name: "binary",
    weight: 2,
    make: (w, s, d) => [
      ...line("<<"),
      ...indented(suffixed(call("Some.int", w.expression(s, d)), "::32,")),
      ...indented(suffixed(call("Some.int", w.atom(s)), "::32")),
      ...line(">>"),
    ],
  },
  {
    name: "binary.raising",
    weight: 1,
    make: (w, s) => [
      ...line("("),
      ...indented(line(`number = Some.maybe_number(${w.variable(s) ?? w.token()})`)),
      ...indented(line("<<number::64>>")),
      ...line(")"),
    ],
  },
  {
    name: "binary.raising",
    weight: 1,
    make: (w, s, d) => [
      ...line("<<"),
      ...indented(line('"text",')),
      ...indented(suffixed(call("Some.maybe_text", w.expression(s, d)), "::binary")),
      ...line(">>"),
    ],
  },
  {
    name: "interpolation",
    weight: 2,
    make: (w, s) => line(`"got #{${w.variable(s) ?? w.token()}}"`),
  },
  {
    name: "interpolation",
    weight: 1,
    make: (w, s, d) => [
      ...line("("),
      ...indented(line("name =")),
      ...indented(call("Some.text", w.expression(s, d)), 2),
      ...indented(line('"got #{name} and #{name}"')),
      ...line(")"),
    ],
  },
  {
    name: "sigil",
    weight: 1,
    make: (w, s) => line(w.random.pick([`~s(got #{${w.variable(s) ?? "1"}})`, "~w(a b)a"])),
  },
  {
    name: "quote",
    weight: 1,
    make: (w, s, d) => [
      ...line("quote do"),
      ...indented(line("unquote(")),
      ...indented(operand(w.expression(s, d)), 2),
      ...indented(line(")")),
      ...line("end"),
    ],
  },
  { name: "attribute", weight: 1, make: () => line("@limit") },
];

function several(w: Writer, s: Scope, d: number): readonly Text[] {
  return w.random.several(1, 3, () => w.expression(s, d));
}

function fields(
  w: Writer,
  s: Scope,
  d: number,
  ...keys: readonly string[]
): readonly (readonly [string, Text])[] {
  return keys.map((key) => [key, w.expression(s, d)]);
}

/** A value of the kind, so that what is done with it succeeds. */
function base(w: Writer, s: Scope, d: number, kind: "map" | "point"): Text {
  const name = w.variable(s, kind);
  return name === null ? call(`Some.${kind}`, w.expression(s, d)) : line(name);
}

function keyed(begin: string, pairs: readonly (readonly [string, Text])[], end: string): Text {
  return [...line(begin), ...indented(pairsText(pairs)), ...line(end)];
}

function pairsText(pairs: readonly (readonly [string, Text])[]): Text {
  return pairs.flatMap(([key, value], index) => {
    const text = [...line(`${key}:`), ...indented(operand(value))];
    return index === pairs.length - 1 ? text : suffixed(text, ",");
  });
}

function updated(begin: string, map: Text, pairs: readonly (readonly [string, Text])[]): Text {
  return [
    ...line(begin),
    ...indented(suffixed(operand(map), " |")),
    ...indented(pairsText(pairs)),
    ...line("}"),
  ];
}
