import { describe, expect, it } from "vitest";
import { percent, shortDuration } from "./short-duration.ts";

describe("shortDuration", () => {
  it("shows three digits in the unit that fits", () => {
    expect([7, 1_500, 12_340, 999_000, 8.4e6, 5.1244e9, 700e9].map(shortDuration)).toEqual([
      "7 ns",
      "1.50 µs",
      "12.3 µs",
      "999 µs",
      "8.40 ms",
      "5.12 s",
      "11.7 min",
    ]);
  });

  it("keeps a sign and shows nothing for what is not known", () => {
    expect(shortDuration(-2_000_000)).toBe("-2.00 ms");
    expect(shortDuration(null)).toBe("");
  });
});

describe("percent", () => {
  it("has a decimal below ten", () => {
    expect([0, 0.004, 0.0951, 0.5, 1].map(percent)).toEqual([
      "0 %",
      "0.4 %",
      "9.5 %",
      "50 %",
      "100 %",
    ]);
  });
});
