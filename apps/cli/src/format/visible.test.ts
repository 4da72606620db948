import { describe, expect, it } from "vitest";
import { visible } from "./visible.ts";

describe("visible", () => {
  it("escapes what would move the cursor, colour or break the line", () => {
    expect(visible("a\u001B[31mb\u0007\n\u009B2Jc\r\t")).toBe(
      String.raw`a\x1b[31mb\x07\n\x9b2Jc\r\t`,
    );
  });

  it("escapes what turns the direction of writing", () => {
    expect(visible("x\u202Ey\u2066z\u2028")).toBe(String.raw`x\u202ey\u2066z\u2028`);
  });

  it("leaves other text as it is", () => {
    expect(visible("ünïcödé 日本 👩‍🚀")).toBe("ünïcödé 日本 👩‍🚀");
  });
});
