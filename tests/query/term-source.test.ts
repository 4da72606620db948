// The oracle is Elixir itself: the source of a generated term evaluates to exactly that term.

import {
  atom,
  binary,
  bitstring,
  equal,
  float,
  inspect,
  integer,
  list,
  map,
  termKey,
  tuple,
  type Term,
} from "@elixirscope/etf";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { layoutSource } from "../../packages/query/src/recorded-test/source-node.ts";
import { termSource } from "../../packages/query/src/recorded-test/term-source.ts";
import { evaluateElixir, itemsOf } from "../support/elixir-oracle.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom(
    "#{a}",
    '"',
    "'",
    "\\",
    "\u202e",
    "\ufeff",
    "a b",
    "é",
    "\0",
    "ok?",
    "a@b",
    "Foo",
  ),
);
const bytes = fc.uint8Array({ maxLength: 12 });
// Erlang's atoms have at most 255 characters; a name with a NUL is fine
const name = fc.oneof(
  text,
  fc.constantFrom(
    "nil",
    "do",
    "end",
    "when",
    "+",
    "..",
    "%{}",
    "Elixir.Shop.Cart",
    "Elixir.a",
    "fn",
  ),
);
const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.maxSafeInteger().map((value) => integer(value)),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }).map((value) => integer(value)),
  fc.integer({ min: -3, max: 300 }).map((value) => integer(value)),
  // up to OTP 26 the keys 0.0 and -0.0 are the same
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => float(value + 0)),
  fc.constantFrom(0, 1e16, 9007199254740992, 5e-324, 1.5).map((value) => float(value)),
  name.map((value) => atom(value)),
  bytes.map((value) => binary(value)),
  text.map((value) => binary(value)),
  fc.tuple(bytes, fc.integer({ min: 1, max: 7 })).map(([value, bits]) => bitstring(value, bits)),
  text.map((value) => list(Array.from(value, (c) => integer(c.codePointAt(0) ?? 0)))),
  fc.constantFrom<Term>(
    { kind: "export", module: "Elixir.String", function: "length", arity: 1 },
    { kind: "export", module: "erlang", function: "+", arity: 2 },
    { kind: "export", module: "lists", function: "a b", arity: 0 },
  ),
);
const MAP_SET = [
  [atom("__struct__"), atom("Elixir.MapSet")],
  [atom("version"), integer(2)],
] as const;
const anyTerm = fc.letrec<{ term: Term }>((tie) => {
  const items = fc.array(tie("term"), { maxLength: 5 });
  const entries = fc.array(fc.tuple(tie("term"), tie("term")), { maxLength: 4 });
  const keys = fc.array(fc.tuple(name.map(atom), tie("term")), { maxLength: 4 });
  return {
    term: fc.oneof(
      { maxDepth: 5, depthIdentifier: "term" },
      leaf,
      items.map((terms) => list(terms)),
      fc.tuple(items, tie("term")).map(([terms, tail]) => list(terms, tail)),
      items.map((terms) => tuple(...terms)),
      entries.map((pairs) => map(distinct(pairs))),
      keys.map((pairs) => map(distinct(pairs))),
      keys.map((pairs) => list(pairs.map(([key, value]) => tuple(key, value)))),
      items.map((terms) => {
        const members = distinct(terms.map((term): [Term, Term] => [term, list([])]));
        return map([...MAP_SET, [atom("map"), map(members)]]);
      }),
      fc.tuple(tie("term"), tie("term")).map(([first, last]) =>
        map([
          [atom("__struct__"), atom("Elixir.Range")],
          [atom("first"), first],
          [atom("last"), last],
          [atom("step"), integer(1)],
        ]),
      ),
    ),
  };
}).term;

function distinct(pairs: readonly [Term, Term][]): [Term, Term][] {
  return [...new Map(pairs.map((pair) => [termKey(pair[0]), pair])).values()];
}

function sourceOf(term: Term): string {
  const source = termSource(term);
  if (!source.ok) throw new Error(`${source.error.reason} at ${source.error.way}`);
  return layoutSource(source.value, 0, 0);
}

it("is read by Elixir as the same term", async () => {
  let lines = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyTerm, { minLength: 20, maxLength: 20 }), async (generated) => {
      const terms = [float(-0), ...generated];
      const sources = terms.map(sourceOf);
      const values = itemsOf(await evaluateElixir(`[${sources.join(",\n")}]`, []));
      for (const [i, term] of terms.entries()) {
        const value = values[i];
        lines += sources[i]?.split("\n").length ?? 0;
        expect(value !== undefined && equal(value, term), `${sources[i]} of ${inspect(term)}`).toBe(
          true,
        );
      }
    }),
    { numRuns: 150 },
  );
  expect(lines).toBeGreaterThan(4_000);
}, 120_000);

it("is laid out as `mix format` does it", async () => {
  const item = map([
    [atom("sku"), binary("apple")],
    [atom("prices"), list([1, 2, 300].map((value) => integer(value)))],
  ]);
  const terms = [
    tuple(atom("reply"), list(Array.from({ length: 5 }, () => item)), map([[binary("key"), item]])),
    map([[tuple(atom("a"), binary("x".repeat(60))), list([item, item, item])]]),
    list([binary("x".repeat(70)), item], integer(3)),
  ];
  for (const term of terms) {
    const source = sourceOf(term);
    const formatted = await evaluateElixir("IO.iodata_to_binary(Code.format_string!(source))", [
      tuple(atom("source"), binary(source)),
    ]);
    expect(source.split("\n").length).toBeGreaterThan(3);
    expect(formatted.kind === "binary" && Buffer.from(formatted.bytes).toString()).toBe(source);
  }
});
