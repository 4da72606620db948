import {
  array,
  assert,
  integer,
  jsonValue,
  oneof,
  option,
  property,
  record,
  string,
} from "fast-check";
import { expect, it } from "vitest";
import { decodeValues, encodeValues } from "./column-codec.ts";

it("gives back whatever JSON can say", () => {
  const node = record({ a: integer(), b: option(string({ unit: "binary" })), c: array(integer()) });
  const data = array(oneof(jsonValue({ maxDepth: 4 }), node));
  assert(
    property(oneof(data, array(node)), (values) => {
      const plain: unknown = JSON.parse(JSON.stringify(values));
      expect(decodeValues(encodeValues(values))).toEqual(plain);
    }),
  );
});

it.each([
  ["large and negative numbers", [0, -1, 2 ** 51, -(2 ** 51), 2 ** 53 - 1, 0.5, 1e300]],
  ["texts of one byte, of two, and cut in a pair", ["é", "ab", "🛒", "\ud83d", "", null]],
  ["lists that are absent, empty and not", [null, [], [1], [[2], null]]],
  [
    "objects of other keys or another order",
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
  ],
  ["nothing", []],
])("keeps %s", (_what, values) => {
  expect(decodeValues(encodeValues(values))).toEqual(values);
});

it("says keys and repeated texts once", () => {
  const nodes = Array.from({ length: 1_000 }, (_, i) => ({
    kind: "call",
    line: 100 + i,
    path: `Shop.Cart.add/3@1x2y3z:do.${i}`,
  }));
  const bytes = encodeValues(nodes);
  expect(bytes.length).toBeLessThan(JSON.stringify(nodes).length / 8);
  expect(decodeValues(bytes)).toEqual(nodes);
});
