import { describe, expect, it } from "vitest";
import { dimensionPairs, distanceByChance } from "./dimension-pairs.ts";

function calls(
  values: readonly (string | number)[],
): readonly ReadonlyMap<string, string | number>[] {
  return values.map((value) => new Map([["arg1", value]]));
}

describe("dimensionPairs", () => {
  it("has the share of each value on both sides, most different first", () => {
    const a = calls(["x", "x", "x", "y"]);
    const b = calls(["x", "y", "y", "y", "y", "y", "y", "y"]);
    expect(dimensionPairs(a, b)).toMatchObject([
      {
        dimension: "arg1",
        distance: 0.625,
        values: [
          { value: "y", a: 0.25, b: 0.875 },
          { value: "x", a: 0.75, b: 0.125 },
        ],
        rest: { values: 0 },
        known: [4, 8],
      },
    ]);
  });

  it("puts many numbers into bins with about as many each, and keeps every share", () => {
    const [pair] = dimensionPairs(
      calls(Array.from({ length: 80 }, (_, i) => i)),
      calls(Array.from({ length: 80 }, (_, i) => i + 40)),
    );
    expect(pair?.values.length).toBe(8);
    expect(pair?.values[0]).toMatchObject({ value: "0 to below 20", a: 0.25, b: 0 });
    const sum = (pair?.values ?? []).reduce((total, { a }) => total + a, 0);
    expect(sum + (pair?.rest.a ?? 0)).toBeCloseTo(1);
    expect(pair?.distance).toBeCloseTo(0.5);
  });

  it("leaves out what one side does not know", () => {
    expect(dimensionPairs(calls(["x"]), [new Map([["pid", "<0.1.0>"]])])).toEqual([]);
  });

  it("knows what chance makes: all of it where every call has its own value", () => {
    expect(
      distanceByChance(
        Array.from({ length: 230 }, () => 1),
        115,
        115,
      ),
    ).toBeCloseTo(1, 6);
    // two values, fifty-fifty, many calls: next to nothing
    expect(distanceByChance([10_000, 10_000], 10_000, 10_000)).toBeLessThan(0.01);
  });
});
