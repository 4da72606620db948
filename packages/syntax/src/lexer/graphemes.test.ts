import { expect, it } from "vitest";
import { graphemeEnd } from "./graphemes.ts";

it.each([
  ["ab", 1, 1],
  ["é日", 1, 1],
  ["e\u0301x", 2, 2],
  ["👩‍👩‍👧x", 8, 8],
  ["👍🏽", 4, 4],
  ["한국", 1, 1],
  // a virama joins what follows only by the newer rules
  ["\u09b8\u09cd\u09aa", 2, 3],
])("%j ends where Erlang's unicode_util has it", (text, before, since) => {
  expect(graphemeEnd(text, 0, false)).toBe(before);
  expect(graphemeEnd(text, 0, true)).toBe(since);
});
