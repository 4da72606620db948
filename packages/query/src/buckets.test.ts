import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Buckets, emptyCounts, spread } from "./buckets.ts";

const range = fc
  .tuple(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 1e12 }))
  .map(([t0, t1]) => ({ t0, t1 }));

describe("Buckets", () => {
  it("gives every time of the range one bucket, the end the last", () => {
    fc.assert(
      fc.property(
        range,
        fc.integer({ min: 1, max: 4_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (r, n, part) => {
          const buckets = new Buckets(r, n);
          const t = buckets.t0 + Math.floor((buckets.t1 - buckets.t0) * part);
          const bucket = buckets.of(t);
          expect(bucket).toBeGreaterThanOrEqual(0);
          expect(bucket).toBeLessThan(n);
          const start = buckets.t0 + bucket * buckets.width;
          expect(t).toBeGreaterThanOrEqual(Math.floor(start));
        },
      ),
    );
    expect(new Buckets({ t0: 0, t1: 100 }, 10).of(100)).toBe(9);
  });

  it("is never off by more than a hundredth of a bucket at the end of the range", () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 4_000 }), (r, n) => {
        const { t0, t1, width, count } = new Buckets(r, n);
        const end = t0 + width * count;
        expect(end - Math.max(t1, t0 + 1)).toBeLessThanOrEqual(width * 0.01 + 1e-3);
      }),
    );
  });
});

describe("spread", () => {
  it("keeps the amount of what lies inside the range", () => {
    fc.assert(
      fc.property(
        range,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }),
        fc.integer({ min: 1, max: 500 }),
        (r, ends, n) => {
          const buckets = new Buckets(r, n);
          const [from = 0, to = 0] = ends
            .toSorted((a, b) => a - b)
            .map((part) => buckets.t0 + Math.floor((buckets.t1 - buckets.t0) * part));
          const counts = emptyCounts(n);
          spread(counts, buckets, from, to, 1_000);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(1_000, 3);
        },
      ),
    );
  });

  it("counts the part that is inside", () => {
    const buckets = new Buckets({ t0: 100, t1: 200 }, 4);
    const counts = emptyCounts(4);
    spread(counts, buckets, 50, 150, 100);
    expect(counts).toEqual([25, 25, 0, 0]);
    spread(counts, buckets, 190, 290, 10);
    expect(counts).toEqual([25, 25, 0, 1]);
    spread(counts, buckets, 0, 99, 10);
    spread(counts, buckets, 130, 130, 7);
    expect(counts).toEqual([25, 32, 0, 1]);
  });
});
