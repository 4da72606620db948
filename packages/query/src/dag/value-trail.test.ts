import { atom, binary, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import { expect, it } from "vitest";
import { ValueTrail } from "./value-trail.ts";

function sources(held: readonly Term[], term: Term): Record<number, string> {
  const trail = new ValueTrail();
  held.forEach((one, at) => trail.hold(at + 1, [{ term: one, path: "held" }]));
  return Object.fromEntries(trail.sources([{ term, path: "new" }]));
}

const name = binary("ann the customer");

it("finds a part in the latest value that had it, with the way to it", () => {
  const item = tuple(atom("item"), name);
  expect(sources([name, item, integer(7)], list([integer(5_000), name]))).toEqual({ 2: "new[1]" });
  expect(sources([map([[atom("who"), name]])], tuple(atom("ok"), name))).toEqual({ 1: "new{1}" });
});

it("does not look into what matched as a whole", () => {
  expect(
    sources(
      [name, tuple(atom("a"), integer(9_999)), tuple(name, integer(9_999))],
      tuple(name, integer(9_999)),
    ),
  ).toEqual({
    3: "new",
  });
});

it.each([
  ["a small number", integer(42)],
  ["an atom", atom("ok")],
  ["an empty list", list([])],
  ["an empty map", map([])],
  ["a tuple of atoms", tuple(atom("ok"), atom("nil"))],
  ["a short text", binary("a")],
  [
    "a value of which a part was cut",
    tuple(integer(1), tuple(atom(CUT_ATOM), atom("list"), integer(5_000))),
  ],
])("guesses nothing from %s", (_, common) => {
  expect(sources([common], common)).toEqual({});
});

it("takes 1 and 1.0 for what they are: different", () => {
  const float: Term = { kind: "float", value: 5_000 };
  expect(sources([integer(5_000)], float)).toEqual({});
  expect(sources([integer(5_000)], integer(5_000))).toEqual({ 1: "new" });
});

it("bounds how many parts it looks at, and how deep", () => {
  let deep: Term = name;
  for (let i = 0; i < 100_000; i += 1) deep = tuple(deep);
  expect(sources([name], deep)).toEqual({});
  const wide = list([...Array.from({ length: 200 }, (_, i) => integer(10_000 + i)), name]);
  expect(sources([name], wide)).toEqual({});
});
