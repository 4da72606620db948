import { expect, it } from "vitest";
import { countText } from "./count-text.ts";

it("writes counts as Intl does in English", () => {
  const counts = [0, 7, 999, 1_000, 12_345, 999_999, 1_000_000, 4_294_967_296];
  expect(counts.map(countText)).toEqual(counts.map((count) => count.toLocaleString("en")));
});
