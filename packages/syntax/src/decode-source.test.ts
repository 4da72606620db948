import { assert, property, string, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSource } from "./decode-source.ts";

const utf8 = new TextEncoder();

/** Half a surrogate pair has no UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

describe("decodeSource", () => {
  it("keeps what is UTF-8, a byte order mark and U+FFFD included", () => {
    assert(
      property(string({ unit: "binary" }), (text) => {
        const clean = `\uFEFF${wellFormed(text)}\uFFFD`;
        expect(decodeSource(utf8.encode(clean))).toEqual({ text: clean, diagnostics: [] });
      }),
    );
  });

  it("says where bytes are no UTF-8", () => {
    const bytes = Uint8Array.of(0x61, 0x0a, 0xc3, 0xa9, 0x20, 0xff, 0xfe, 0x62, 0xe2, 0x82);
    const { text, diagnostics } = decodeSource(bytes);
    expect(text).toBe("a\né \uFFFD\uFFFDb\uFFFD");
    expect(diagnostics.map(({ line, column, start, end }) => [line, column, start, end])).toEqual([
      [2, 3, 4, 6],
      [2, 6, 7, 8],
    ]);
    expect(diagnostics[1]?.message).toContain("byte 0xe2 at offset 8");
  });

  it("finds a fault exactly where the bytes differ from the text", () => {
    assert(
      property(uint8Array({ maxLength: 40 }), (bytes) => {
        const { text, diagnostics } = decodeSource(bytes);
        const same = Buffer.compare(utf8.encode(text), bytes) === 0;
        expect(diagnostics.length > 0).toBe(!same);
      }),
      { numRuns: 2000 },
    );
  });
});
