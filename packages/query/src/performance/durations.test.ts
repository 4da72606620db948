import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binOf, Durations } from "./durations.ts";

describe("Durations", () => {
  it("are exact while they are few", () => {
    const durations = new Durations();
    for (let ns = 100; ns >= 1; ns--) durations.add(ns);
    expect(durations.percentiles).toEqual({
      count: 100,
      p50: 50,
      p95: 95,
      p99: 99,
      max: 100,
      precision: "exact",
    });
  });

  it("are at most 9 % above the truth when they are many, and say so", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000_000 }), {
          minLength: 1_100,
          maxLength: 1_500,
        }),
        (values) => {
          const durations = new Durations();
          for (const value of values) durations.add(value);
          const sorted = values.toSorted((a, b) => a - b);
          const { p50, p95, max, precision } = durations.percentiles;
          expect(precision).toBe("histogram");
          expect(max).toBe(sorted.at(-1));
          for (const [found, share] of [
            [p50, 0.5],
            [p95, 0.95],
          ] as const) {
            const truth = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
            expect(found).toBeGreaterThanOrEqual(truth);
            expect(found).toBeLessThanOrEqual(truth * 1.0906 + 1);
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it("have mean and variance", () => {
    const durations = new Durations();
    for (const ns of [2, 4, 4, 4, 5, 5, 7, 9]) durations.add(ns);
    expect(durations.mean).toBe(5);
    expect(durations.variance).toBeCloseTo(32 / 7);
    expect(new Durations().variance).toBeNull();
  });

  it("has a bin of its own for nothing", () => {
    expect([0, 1, 2, 4, 1_024].map(binOf)).toEqual([0, 1, 9, 17, 81]);
  });
});
