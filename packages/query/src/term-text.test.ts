import { atom, binary, list } from "@elixirscope/etf";
import { describe, expect, it } from "vitest";
import { mfaText } from "./names.ts";
import { termText } from "./term-text.ts";

describe("termText", () => {
  it("escapes what would turn the text beside it around", () => {
    expect(termText(binary("a\u202eb\u2066"), {})).toBe(String.raw`"a\u202Eb\u2066"`);
    expect(termText(list([atom("x\u200fy")]), {})).toBe(String.raw`[:"x\u200Fy"]`);
    expect(mfaText("Elixir.Shop", "f\u202eg", 1)).toBe(String.raw`Shop."f\u202Eg"/1`);
  });

  it("leaves other text as it is, also that which is written from right to left", () => {
    expect(termText(binary("سلام – <b>é</b>"), {})).toBe('"سلام – <b>é</b>"');
  });
});
