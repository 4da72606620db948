import { describe, expect, it } from "vitest";
import { escapeProblems, escapedCharacter, unescapeBytes, unescapeText } from "./escapes.ts";

describe("escapes", () => {
  it.each([
    ["plain", "plain"],
    [String.raw`\n\t\r\0\a\b\d\e\f\s\v`, "\n\t\r\0\x07\b\x7f\x1b\f \v"],
    [String.raw`\\ \" \' \# \q`, String.raw`\ " ' # q`],
    [String.raw`\x41\x7a`, "Az"],
    [String.raw`\u00e9 \u{1F600} \u{e9} \x{e9}`, "é 😀 é é"],
    ["a\\\nb\\\r\nc", "abc"],
    [String.raw`\xC3\xA9`, "é"],
    ["\\", "\\"],
  ])("%j is %j", (raw, text) => {
    expect(unescapeText(raw)).toBe(text);
    expect(Buffer.from(unescapeBytes(raw)).toString()).toBe(text);
  });

  it("a byte that is no UTF-8 stays that byte", () => {
    expect(unescapeBytes(String.raw`a\xffb`)).toEqual(Buffer.of(0x61, 0xff, 0x62));
    expect(unescapeText(String.raw`a\xffb`)).toBe("a\uFFFDb");
  });

  it("tells which escapes stand for nothing", () => {
    expect(escapeProblems(String.raw`\x \u12 \u{110000} \u{D800} \x41`)).toEqual([
      { offset: 0, length: 2 },
      { offset: 3, length: 2 },
      { offset: 8, length: 10 },
      { offset: 19, length: 8 },
    ]);
  });

  it("knows the escapes of characters", () => {
    expect(escapedCharacter("n")).toBe(10);
    expect(escapedCharacter("é")).toBe(0xe9);
  });
});
