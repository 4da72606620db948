import { atom, binary, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { follow, isSame, wayText, waysTo } from "./term-way.ts";

const item = map([
  [atom("sku"), binary("apple")],
  [atom("qty"), integer(3)],
]);
const cart = map([
  [atom("items"), list([item, tuple(atom("gone"), item)])],
  [binary("last one"), integer(3)],
  [integer(7), atom("x")],
]);

it("finds all equal parts, the shortest way first, and writes ways as paths", () => {
  expect(waysTo(item, cart).map(wayText)).toEqual([".items[0]", ".items[1]{1}"]);
  expect(waysTo(integer(3), cart).map(wayText)).toEqual([
    '["last one"]',
    ".items[0].qty",
    ".items[1]{1}.qty",
  ]);
  expect(waysTo(atom("x"), cart).map(wayText)).toEqual(["[7]"]);
  expect(waysTo(cart, cart).map(wayText)).toEqual([""]);
  // keys are no parts, and 3.0 is not 3
  expect(waysTo(atom("items"), cart)).toEqual([]);
  expect(waysTo({ kind: "float", value: 3 }, cart)).toEqual([]);
});

const any = fc.letrec<{ any: Term }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: 0, max: 3 }).map((value) => integer(value)),
    fc.constantFrom(atom("a"), atom("b"), binary("k")),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => list(items)),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => tuple(...items)),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) =>
      map([
        [atom("a"), a],
        [binary("b"), b],
      ]),
    ),
  ),
})).any;

it("leads along every way to an equal part", () => {
  fc.assert(
    fc.property(any, any, (whole, wanted) => {
      for (const way of waysTo(wanted, whole)) {
        const found = follow(whole, way);
        expect(found !== undefined && isSame(found, wanted)).toBe(true);
      }
    }),
  );
});

it("does not look into what was cut", () => {
  const cut = tuple(atom("$elixir_scope_cut"), atom("list"), integer(3));
  expect(waysTo(integer(3), list([cut]))).toEqual([]);
  expect(
    follow(list([cut]), [
      { kind: "index", index: 0 },
      { kind: "element", index: 2 },
    ]),
  ).toBe(undefined);
});
