import { describe, expect, it } from "vitest";
import { inspect } from "@elixirscope/etf";
import { parse, toQuoted, type QuotedOptions } from "./index.ts";

function quoted(text: string, options: QuotedOptions = {}): string {
  return inspect(toQuoted(parse(text, options).tree, options));
}

describe("toQuoted", () => {
  it("answers what Code.string_to_quoted does, line by line", () => {
    expect(quoted("foo.bar(1)")).toBe(
      "{{:., [line: 1], [{:foo, [line: 1], nil}, :bar]}, [line: 1], [1]}",
    );
    expect(quoted("a", { columns: true })).toBe("{:a, [line: 1, column: 1], nil}");
  });

  it("adds the metadata of tokens", () => {
    expect(quoted("f(\n1)", { tokenMetadata: true })).toBe(
      "{:f, [newlines: 1, closing: [line: 2], line: 1], [1]}",
    );
  });

  it("wraps literals when asked to", () => {
    expect(quoted("[:a]", { literalEncoder: true, tokenMetadata: true })).toBe(
      "{:__block__, [closing: [line: 1], line: 1], [[{:__block__, [line: 1], [:a]}]]}",
    );
  });

  it("resolves escapes, or not", () => {
    expect(quoted(String.raw`"a\nb"`)).toBe(String.raw`"a\nb"`);
    expect(quoted(String.raw`"a\nb"`, { unescape: false })).toBe(String.raw`"a\\nb"`);
    expect(quoted(String.raw`"\xff"`)).toBe("<<255>>");
    expect(quoted(String.raw`~s(a\nb)`)).toContain(String.raw`["a\\nb"]`);
  });

  it("says what could not be read", () => {
    expect(quoted("[1, ]")).toBe("[1]");
    expect(quoted("1 + ")).toBe("{:+, [line: 1], [1, {:__broken__, [], []}]}");
  });
});
