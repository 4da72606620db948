import { describe, expect, it } from "vitest";
import { formatDurationMs, parseBytes, parseCount, parseDurationMs, parseShare } from "./units.ts";

describe("units", () => {
  it.each([
    ["10s", 10_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["2 m", 120_000],
  ])("reads the duration %s", (text, ms) => {
    expect(parseDurationMs(text)).toEqual({ ok: true, value: ms });
  });

  it.each(["", "10", "s", "-5s", "0s", "1e9h", "10 parsecs", "99999999999999d"])(
    "refuses the duration %j",
    (text) => {
      expect(parseDurationMs(text).ok).toBe(false);
    },
  );

  it("reads sizes and counts in any case", () => {
    expect(parseBytes("64MB")).toEqual({ ok: true, value: 67_108_864 });
    expect(parseCount("200k")).toEqual({ ok: true, value: 200_000 });
  });

  it("reads shares with and without a percent sign", () => {
    expect(parseShare("1%")).toEqual({ ok: true, value: 0.01 });
    expect(parseShare("0.005")).toEqual({ ok: true, value: 0.005 });
    for (const text of ["0", "-1%", "2000%", "much"]) expect(parseShare(text).ok).toBe(false);
  });

  it("says what it expected", () => {
    expect(parseBytes("huge")).toEqual({
      ok: false,
      error: '"huge" is not a size like 64mb or 10gb',
    });
  });

  it("prints what people read", () => {
    expect(formatDurationMs(61_000)).toBe("1 min 1 s");
  });
});
