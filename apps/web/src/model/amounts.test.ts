import { expect, it } from "vitest";
import { shortCount } from "./amounts.ts";

it("tells a count in few letters, as Intl would", () => {
  const format = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const counts = [0, 7, 999, 1_000, 1_049, 1_050, 999_949, 999_950, 458_512, 10_000_000, 2.5e9];
  expect(counts.map(shortCount)).toEqual(counts.map((n) => format.format(n)));
});
