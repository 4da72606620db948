import { expect, it } from "vitest";
import { decodeSource } from "./decode-source.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

it("reads plain text without a word", () => {
  expect(decodeSource(utf8("a = 1\nb = “ü”\n"))).toEqual({
    text: "a = 1\nb = “ü”\n",
    hasMark: false,
    diagnostics: [],
  });
});

it("leaves out a byte order mark and says so", () => {
  const decoded = decodeSource(utf8("\uFEFFa = 1\n"));
  expect(decoded.text).toBe("a = 1\n");
  expect(decoded.hasMark).toBe(true);
  expect(decoded.diagnostics).toMatchObject([{ code: "byte_order_mark", line: 1, column: 1 }]);
});

it("points at the first invalid byte and reads the rest", () => {
  const bytes = Buffer.concat([utf8('x = 1\ny = "ä'), Buffer.from([0xff, 0xc3]), utf8('"\nz\n')]);
  const decoded = decodeSource(bytes);
  expect(decoded.text).toBe('x = 1\ny = "ä\uFFFD\uFFFD"\nz\n');
  expect(decoded.diagnostics).toMatchObject([
    {
      code: "invalid_utf8",
      severity: "error",
      line: 2,
      column: 7,
      message: expect.stringContaining("0xFF at offset 13"),
    },
  ]);
});

it.each([
  ["cut off in a character", [0x61, 0xe2, 0x82], 2],
  ["an overlong form", [0x61, 0x62, 0xc0, 0xaf], 3],
  ["a surrogate", [0xed, 0xa0, 0x80], 1],
  ["a lone continuation", [0x61, 0x80], 2],
])("finds %s", (_what, bytes, column) => {
  expect(decodeSource(Uint8Array.from(bytes)).diagnostics).toMatchObject([
    { code: "invalid_utf8", line: 1, column },
  ]);
});

it("names the first line that ends unlike most", () => {
  const mixed = decodeSource(utf8("a\r\nb\r\nc\nd\r\n"));
  expect(mixed.diagnostics).toMatchObject([{ code: "mixed_line_endings", line: 3, column: 2 }]);
  expect(decodeSource(utf8("a\r\nb\r\n")).diagnostics).toEqual([]);
});

it("takes an empty file", () => {
  expect(decodeSource(new Uint8Array())).toEqual({ text: "", hasMark: false, diagnostics: [] });
});
