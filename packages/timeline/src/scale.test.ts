import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fitRange,
  MIN_SPAN_NS,
  panBy,
  reveal,
  spanOf,
  timeScale,
  tOf,
  xOf,
  zoomAbout,
} from "./scale.ts";
import { formatDuration, formatTime, formatWallClock, ticks } from "./time-text.ts";

const bounds = { t0: 0, t1: 1e9 };
const time = fc.integer({ min: 0, max: 1e9 });

describe("the time scale", () => {
  it("maps an instant to a pixel and back", () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 4_000 }), (t, width) => {
        const scale = timeScale(bounds, width);
        expect(tOf(scale, xOf(scale, t))).toBeCloseTo(t, 3);
      }),
    );
  });

  it("keeps the instant under the pointer when zooming in", () => {
    const range = zoomAbout(fitRange(bounds), 4e8, 0.5, bounds);
    const share = (4e8 - range.t0) / spanOf(range);
    const before = (4e8 - fitRange(bounds).t0) / spanOf(fitRange(bounds));
    expect(share).toBeCloseTo(before, 6);
  });

  it("never leaves the recording nor gets shorter than the clock tells, whatever the gestures", () => {
    const gesture = fc.oneof(
      fc.record({ at: time, factor: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
      fc.record({ by: fc.integer({ min: -1e12, max: 1e12 }) }),
    );
    fc.assert(
      fc.property(fc.array(gesture, { maxLength: 30 }), (gestures) => {
        let range = fitRange(bounds);
        for (const one of gestures) {
          range =
            "by" in one
              ? panBy(range, one.by, bounds)
              : zoomAbout(range, one.at, one.factor, bounds);
          expect(spanOf(range)).toBeGreaterThanOrEqual(MIN_SPAN_NS * 0.99);
          expect(range.t1).toBeGreaterThan(bounds.t0);
          expect(range.t0).toBeLessThan(bounds.t1);
        }
      }),
    );
  });

  it("brings an instant into sight and leaves the range alone when it is", () => {
    const range = { t0: 0, t1: 1e8 };
    expect(reveal(range, 5e7, bounds)).toBe(range);
    const moved = reveal(range, 8e8, bounds);
    expect(moved.t0).toBeLessThan(8e8);
    expect(moved.t1).toBeGreaterThan(8e8);
  });
});

describe("times in words", () => {
  it("prints durations with a unit that fits", () => {
    expect([5, 5_000, 5e6, 5e9].map((ns) => formatDuration(ns).replaceAll(/\s/g, " "))).toEqual([
      "5 ns",
      "5 µs",
      "5 ms",
      "5 s",
    ]);
  });

  it("prints an instant with as many digits as the resolution needs", () => {
    expect(formatTime(1.4e9, 1e9)).toContain("0:01");
    expect(formatTime(1_000_000_123, 1).replaceAll(/\s/g, "")).toBe("0:01.000000123");
  });

  it("prints an instant as the wall clock had it, rounded to the resolution", () => {
    const start = BigInt(Date.UTC(2024, 1, 29, 23, 59, 59)) * 1_000_000n + 999_999_999n;
    const at = (t: number, resolution: number): string =>
      formatWallClock(start, t, resolution).replaceAll(/\s/g, "");
    expect(at(0, 1)).toBe("23:59:59.999999999");
    expect(at(0, 1e6)).toBe("00:00:00.000");
    expect(at(3_600e9 + 1, 1e9)).toBe("01:00:00");
    // past the 2^53 of a number, to the nanosecond
    expect(at(1, 1)).toBe("00:00:00.000000000");
  });

  it("puts ticks where the wall clock is round", () => {
    const start = 1_700_000_000_123_456_789n;
    const marks = ticks(timeScale(bounds, 1_000), 110, start);
    expect(marks.length).toBeGreaterThan(3);
    for (const { t, label } of marks) {
      expect((start + BigInt(t)) % 100_000_000n).toBe(0n);
      expect(label).toMatch(/^22:13:2\d\.\d$/);
    }
  });

  it("spreads ticks evenly over the range", () => {
    const marks = ticks(timeScale(bounds, 1_000));
    const steps = marks.slice(1).map((tick, i) => Math.round(tick.t - (marks[i]?.t ?? 0)));
    expect(marks.length).toBeGreaterThan(3);
    expect(new Set(steps).size).toBe(1);
  });
});
