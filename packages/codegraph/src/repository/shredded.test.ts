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
import { assembled, shred } from "./shredded.ts";

it("gives back any plain data", () => {
  const data = array(
    oneof(
      jsonValue({ maxDepth: 4 }),
      record({ a: integer(), b: option(string()), c: array(integer()) }),
    ),
  );
  assert(
    property(data, (values) => {
      const text = JSON.stringify(shred(values));
      expect(assembled(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)));
    }),
  );
});

it("says keys and repeated texts once", () => {
  const nodes = Array.from({ length: 100 }, (_, i) => ({ kind: "call", line: i, path: null }));
  const text = JSON.stringify(shred(nodes));
  expect(text.split('"kind"').length).toBeLessThan(10);
  expect(text.split("call").length).toBe(2);
  expect(assembled(JSON.parse(text))).toEqual(nodes);
});
