import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertNever } from "@elixirscope/base";
import { matchShape } from "./shape-match.ts";
import { atomText, parseShape, printShape, type Shape } from "./shape.ts";

const match = (sent: string, pattern: string): string =>
  matchShape(parseShape(sent), parseShape(pattern));

// Ground terms are a small model of Elixir's: a shape is the set of those that fit it.
const leaf: fc.Arbitrary<Shape> = fc.constantFrom(
  { kind: "value", text: ":a" },
  { kind: "value", text: ":b" },
  { kind: "value", text: "1" },
);
const { term, shape } = fc.letrec<{ term: Shape; shape: Shape }>((tie) => ({
  term: fc.oneof({ maxDepth: 3 }, leaf, compound(tie("term"), fc.constant(null))),
  shape: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.constant<Shape>({ kind: "any" }),
    compound(tie("shape"), fc.option(fc.constant<Shape>({ kind: "any" }))),
  ),
}));

function compound(
  part: fc.Arbitrary<Shape>,
  tail: fc.Arbitrary<Shape | null>,
): fc.Arbitrary<Shape> {
  return fc.oneof(
    fc.array(part, { maxLength: 3 }).map((items): Shape => ({ kind: "tuple", items })),
    fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), tail)
      .map(([items, rest]): Shape => ({ kind: "list", items, tail: rest })),
    fc.tuple(fc.option(part), fc.option(part)).map(([x, y]): Shape => ({
      kind: "map",
      struct: null,
      open: false,
      entries: [
        ...(x === null ? [] : [[":x", x] as const]),
        ...(y === null ? [] : [[":y", y] as const]),
      ],
    })),
  );
}

/** A term of the shape, with `part` wherever it says nothing. */
function fill(of: Shape, part: Shape): Shape {
  switch (of.kind) {
    case "any":
      return part;
    case "tuple":
      return { kind: "tuple", items: of.items.map((item) => fill(item, part)) };
    case "list":
      return { kind: "list", items: of.items.map((item) => fill(item, part)), tail: null };
    case "map":
      return { ...of, entries: of.entries.map(([key, value]) => [key, fill(value, part)]) };
    case "pinned":
    case "value":
    case "prefix":
    case "binary":
    case "function":
    case "opaque":
      return of;
    default:
      return assertNever(of);
  }
}

describe("shapes as text", () => {
  it.each([
    "_",
    ":tick",
    "{:add, _, _}",
    "{}",
    "[]",
    "[:a, _ | _]",
    "%{}",
    '%{a: 1, "k" => {_, :b}}',
    "%Shop.Order{id: _}",
    "%_{id: ^_}",
    "%{_ | a: 1}",
    '"a, } b" <> _',
    "<<_>>",
    '{:"strange atom", "te\\"xt", -1, 2.5}',
    "{:via, Registry, {Shop.Carts, _}}",
    "{fn, nil, 'chars'}",
    "{pid(), reference()}",
  ])("%s reads and prints the same", (text) => {
    expect(printShape(parseShape(text))).toBe(text);
  });

  it("reads anything, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("{}[]%_|:,<>^\"' ab=")) }),
        (text) => {
          expect(parseShape(text)).toHaveProperty("kind");
        },
      ),
    );
  });

  it("writes atoms as Elixir does", () => {
    expect(["ok", "nil", "a b", "add!", "+", "über"].map(atomText)).toEqual([
      ":ok",
      "nil",
      ':"a b"',
      ":add!",
      ":+",
      ":über",
    ]);
  });
});

describe("matching a message with a pattern", () => {
  it.each([
    ["{:add, _, _}", "{:add, _, _}", "always"],
    ["{:add, 1}", "_", "always"],
    ["_", "{:add, _}", "maybe"],
    ["{:add, _}", "{:add, 1}", "maybe"],
    ["{:add, _}", "{:remove, _}", "never"],
    ["{:add, _}", "{:add, _, _}", "never"],
    ["{_, _}", "{^_, _}", "maybe"],
    [":tick", ":tick", "always"],
    [":tick", "{:tick}", "never"],
    ["[1, 2]", "[_ | _]", "always"],
    ["[]", "[_ | _]", "never"],
    ["[1, 2]", "[_]", "never"],
    ["[1 | _]", "[_, _]", "maybe"],
    ["%{a: 1, b: 2}", "%{a: 1}", "always"],
    ["%{a: 1}", "%{b: _}", "never"],
    ["%{_ | a: 1}", "%{b: _}", "maybe"],
    ["%Shop.Order{id: 1}", "%Shop.Order{}", "always"],
    ["%Shop.Order{id: 1}", "%Shop.Order{paid: true}", "maybe"],
    ["%Shop.Order{id: 1}", "%Shop.Cart{}", "never"],
    ["%Shop.Order{id: 1}", "%{id: 1}", "always"],
    ["%{id: 1}", "%Shop.Order{}", "never"],
    ["%Shop.Order{}", "%_{}", "always"],
    ['"abc"', '"ab" <> _', "always"],
    ['"xyz"', '"ab" <> _', "never"],
    ["<<_>>", '"ab"', "maybe"],
    ["fn", ":tick", "never"],
    ["{reference(), _}", "{_, _}", "always"],
    ["{reference(), _}", "{^_, _}", "maybe"],
    ["{reference(), _}", "{reference(), _}", "maybe"],
    ["{:ok, _}", "{reference(), _}", "never"],
    ["pid()", "reference()", "never"],
  ])("%s by %s: %s", (sent, pattern, expected) => {
    expect(match(sent, pattern)).toBe(expected);
  });

  it("for whole terms is never in doubt", () => {
    fc.assert(
      fc.property(term, shape, (sent, pattern) => {
        expect(matchShape(sent, pattern)).not.toBe("maybe");
      }),
    );
  });

  it("always and never are true of every term that the sent shape stands for", () => {
    fc.assert(
      fc.property(shape, shape, fc.array(term, { minLength: 1, maxLength: 4 }), (a, b, parts) => {
        const verdict = matchShape(a, b);
        fc.pre(verdict !== "maybe");
        expect(parts.map((part) => matchShape(fill(a, part), b))).toEqual(parts.map(() => verdict));
      }),
    );
  });
});
