import { describe, expect, it } from "vitest";
import { fuzzyMatch } from "./fuzzy.ts";

function ranked(query: string, texts: readonly string[]): readonly string[] {
  return texts
    .map((text) => ({ text, match: fuzzyMatch(query, text) }))
    .filter(({ match }) => match !== null)
    .toSorted((a, b) => (b.match?.score ?? 0) - (a.match?.score ?? 0))
    .map(({ text }) => text);
}

describe("fuzzy matching", () => {
  it("finds letters in their order and nothing else", () => {
    expect(fuzzyMatch("fwr", "Fit the whole recording")?.at).toEqual([0, 8, 14]);
    expect(fuzzyMatch("rwf", "Fit the whole recording")).toBeNull();
    expect(fuzzyMatch("copy link", "Copy a link")).not.toBeNull();
    expect(fuzzyMatch("", "anything")?.at).toEqual([]);
  });

  it("prefers beginnings of words and letters that follow each other", () => {
    expect(ranked("zoom", ["Zebras of other months", "Zoom in", "Fit the zoo: more"])[0]).toBe(
      "Zoom in",
    );
    expect(ranked("ns", ["Open session", "Next state", "Pans"])[0]).toBe("Next state");
    expect(ranked("dark", ["Dump a rare kind", "Change between light and dark"])[0]).toBe(
      "Change between light and dark",
    );
  });
});
