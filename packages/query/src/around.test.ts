import { expect, it } from "vitest";
import { nearest } from "./around.ts";
import { fairShare } from "./search.ts";

it.each([
  [[3, 2, 1], [4, 5, 6], 4, [2, 3, 4, 5]],
  [[3, 2, 1], [4], 4, [1, 2, 3, 4]],
  [[3], [4, 5, 6], 4, [3, 4, 5, 6]],
  [[3, 2], [4, 5], 1, [3]],
  [[], [4, 5, 6], 2, [4, 5]],
  [[], [], 2, []],
])("nearest of %j and %j, at most %i: %j", (before, after, limit, expected) => {
  expect(nearest(before, after, limit)).toEqual(expected);
});

it("shares a limit fairly and leaves nothing unused", () => {
  expect(fairShare([[1, 2, 3], [4], [5, 6, 7, 8]], 5)).toEqual([1, 2, 4, 5, 6]);
  expect(fairShare([[1, 2, 3], [], []], 5)).toEqual([1, 2, 3]);
  expect(fairShare([[1], [2], [3]], 2)).toEqual([1, 2]);
});
