import { describe, expect, it } from "vitest";
import { scanName } from "./identifiers.ts";

describe("names beyond ASCII", () => {
  it.each([
    ["é = 1", { end: 1, sort: "identifier", name: "é", length: 1, mixesScripts: false }],
    ["日本語?", { end: 4, sort: "identifier", name: "日本語?", length: 4, mixesScripts: false }],
    ["Ólá", { end: 3, sort: "atom", name: "Ólá", length: 3, mixesScripts: false }],
    ["Aé", { end: 2, sort: "alias", name: "Aé", length: 2, mixesScripts: false }],
    ["aб", { end: 2, sort: "identifier", name: "aб", length: 2, mixesScripts: true }],
    ["a_б", { end: 3, sort: "identifier", name: "a_б", length: 3, mixesScripts: false }],
  ])("%s", (text, expected) => {
    expect(scanName(text, 0, 20)).toEqual(expected);
  });

  it("are normalized, and the micro sign is the letter", () => {
    expect(scanName("e\u0301", 0, 20)).toMatchObject({ name: "é", length: 2 });
    expect(scanName("\u00b5s", 0, 20)).toMatchObject({ name: "\u03bcs", mixesScripts: false });
  });

  it("mix scripts by the rules of the release", () => {
    expect(scanName("a_б", 0, 14)?.mixesScripts).toBe(true);
    expect(scanName("日本語a", 0, 14)?.mixesScripts).toBe(false);
    expect(scanName("日本語a", 0, 20)?.mixesScripts).toBe(true);
  });

  it("have no characters that only look like letters", () => {
    for (const text of ["ª", "ℂ", "½", "\u200d", "😀", ""])
      expect(scanName(text, 0, 20)).toBeNull();
  });
});
