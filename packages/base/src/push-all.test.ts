import { expect, it } from "vitest";
import { pushAll } from "./push-all.ts";

it("appends more items than a call takes arguments", () => {
  const many = Array.from({ length: 300_000 }, (_, i) => i);
  const list = [-1];
  pushAll(list, many);
  expect(list).toHaveLength(300_001);
  expect(list.at(-1)).toBe(299_999);
});

it("appends a list to itself", () => {
  const list = [1, 2];
  pushAll(list, list);
  expect(list).toEqual([1, 2, 1, 2]);
});
