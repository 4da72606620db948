import {
  atom,
  binary,
  charlist,
  decode,
  encode,
  integer,
  list,
  map,
  type Term,
  tuple,
} from "@elixirscope/etf";
import { expect, it } from "vitest";
import { parseTermPath, termAt } from "./term-path.ts";

const CART = map([
  [atom("__struct__"), atom("Elixir.Shop.Cart")],
  [atom("items"), map([[binary("a"), map([[atom("qty"), integer(3)]])]])],
  [atom("odd key"), integer(4)],
  [atom("valid?"), atom("true")],
  [integer(7), atom("seven")],
  [integer(-1), atom("minus")],
  [binary('q"uote'), integer(5)],
  [atom("pair"), tuple(atom("ok"), list([integer(10), integer(20), integer(30)]))],
  [atom("opts"), list([tuple(atom("a"), integer(1)), atom("x"), tuple(atom("b"), integer(2))])],
  [atom("größe"), integer(6)],
  [atom("chars"), charlist("abc")],
]);

function get(path: string): Term | null {
  const parsed = parseTermPath(path);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const bytes = termAt(encode(CART), parsed.value);
  if (bytes === null) return null;
  const term = decode(bytes);
  if (!term.ok) throw new Error(term.error.code);
  return term.value;
}

it.each([
  ['.items["a"].qty', integer(3)],
  ['items["a"].qty', integer(3)],
  ['."odd key"', integer(4)],
  [".valid?", atom("true")],
  ["[:valid?]", atom("true")],
  ["[7]", atom("seven")],
  ["[-1]", atom("minus")],
  ['["q\\"uote"]', integer(5)],
  [".pair{0}", atom("ok")],
  [".pair{1}[0]", integer(10)],
  [".pair{1}[-1]", integer(30)],
  [".opts.b", integer(2)],
  [".opts[:a]", integer(1)],
  [".größe", integer(6)],
  [".chars[1]", integer(98)],
  [".__struct__", atom("Elixir.Shop.Cart")],
])("%s finds its term", (path, expected) => {
  expect(get(path)).toEqual(expected);
});

it("gives the whole term for an empty path", () => {
  expect(get("")).toEqual(CART);
});

it.each([
  ".nope",
  ".items.a",
  ".pair[0]",
  ".pair{2}",
  ".pair{1}[3]",
  ".pair{1}[-4]",
  ".items{0}",
  ".valid?.x",
  ".opts.c",
  '["items"]',
])("%s finds nothing", (path) => {
  expect(get(path)).toBeNull();
});

it.each([
  ["a..b", 1],
  [".a[", 2],
  ["[x]", 0],
  [".a{-1}", 2],
  [".", 0],
  ['["open]', 0],
  [".a b", 2],
])("%s is refused with the offset of the mistake", (path, offset) => {
  const parsed = parseTermPath(path);
  expect(parsed).toMatchObject({ ok: false, error: { code: "bad_path", offset } });
});

it("gives null for bytes that are no term", () => {
  const path = parseTermPath(".a");
  for (const bytes of [[], [131], [131, 255], [1, 2, 3], [131, 116, 0, 0, 0, 9]]) {
    expect(path.ok && termAt(Uint8Array.from(bytes), path.value)).toBeNull();
  }
});
