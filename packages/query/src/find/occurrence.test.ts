import { atom, binary, encode, integer, list, map, tuple, type Term } from "@elixirscope/etf";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { needleOf, occurrence } from "./occurrence.ts";

const a = atom("a");
const one = integer(1);

it("finds a value as a whole and as a part, by the shortest way", () => {
  expect(occurrence(one, one)).toEqual({ kind: "found", way: "" });
  expect(occurrence(one, list([a, tuple(a, one)]))).toEqual({ kind: "found", way: "[1]{1}" });
  const cart = map([
    [atom("deep"), list([list([one])])],
    [atom("items"), list([a, one])],
  ]);
  expect(occurrence(one, cart)).toEqual({ kind: "found", way: ".items[1]" });
  expect(occurrence(list([a, one]), cart)).toEqual({ kind: "found", way: ".items" });
  expect(occurrence(integer(2), cart)).toEqual({ kind: "absent" });
  expect(occurrence(tuple(a), map([[tuple(a), one]]))).toEqual({ kind: "found", way: "" });
});

it("cannot tell where the value may have been cut away", () => {
  const cut = tuple(atom("$elixir_scope_cut"), atom("depth"), atom("list"), integer(3));
  expect(occurrence(one, tuple(a, cut))).toEqual({ kind: "unknown" });
  expect(occurrence(a, tuple(a, cut))).toEqual({ kind: "found", way: "{0}" });
});

const term = fc.letrec<{ any: Term }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((n): Term => integer(n)),
    fc.integer({ min: -300, max: 300 }).map((n): Term => integer(n)),
    fc.constantFrom("a", "b", "é", "nil", "Elixir.Shop").map((name): Term => atom(name)),
    fc.string({ maxLength: 6 }).map((text): Term => binary(text)),
    fc.array(tie("any"), { maxLength: 3 }).map((items) => list(items)),
    fc.array(tie("any"), { maxLength: 3 }).map((items): Term => tuple(...items)),
    fc.tuple(tie("any"), tie("any")).map(([key, value]) => map([[key, value]])),
  ),
})).any;

it("has a needle that is in the bytes of whatever holds the value", () => {
  let searched = 0;
  fc.assert(
    fc.property(term, term, (wanted, other) => {
      const needle = needleOf(wanted);
      if (needle === null) return;
      searched++;
      const holder = tuple(other, list([wanted, other]), map([[wanted, other]]));
      expect(Buffer.from(encode(holder)).includes(Buffer.from(needle))).toBe(true);
    }),
  );
  expect(searched).toBeGreaterThan(30);
});

it("walks values of any depth", () => {
  let deep: Term = one;
  for (let i = 0; i < 20_000; i++) deep = list([deep]);
  expect(occurrence(one, deep)).toMatchObject({ kind: "found" });
  expect(occurrence(a, deep)).toEqual({ kind: "absent" });
});
