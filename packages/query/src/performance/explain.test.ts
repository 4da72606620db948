import { describe, expect, it } from "vitest";
import { chiSquaredTail, explain, type Observation } from "./explain.ts";

function observation(
  isSlow: boolean,
  dimensions: Readonly<Record<string, string | number>>,
): Observation {
  return { isSlow, ns: isSlow ? 1_000 : 10, dimensions: new Map(Object.entries(dimensions)) };
}

describe("explain", () => {
  it("finds the value that the slow ones have, with its counts, and not what all have", () => {
    const found = explain(
      Array.from({ length: 100 }, (_, i) =>
        observation(i % 10 === 0, {
          sku: i % 10 === 0 || i === 1 ? '"durian"' : '"apple"',
          node: "a",
        }),
      ),
    );
    expect(found).toMatchObject([
      { dimension: "sku", value: '"durian"', slowWith: 10, slow: 10, restWith: 1, rest: 90 },
    ]);
    expect(found[0]?.p).toBeLessThan(1e-6);
    expect(found[0]?.meanWithNs).toBeCloseTo((10 * 1_000 + 10) / 11);
    expect(found[0]?.meanWithoutNs).toBe(10);
  });

  it("finds a bound where the numbers all differ", () => {
    const found = explain(
      Array.from({ length: 160 }, (_, i) => observation(i >= 120, { n: i, noise: (i * 7) % 13 })),
    );
    expect(found.map(({ dimension, value }) => [dimension, value])).toEqual([["n", ">= 120"]]);
  });

  it("says nothing where values are as frequent among the slow ones", () => {
    const found = explain(
      Array.from({ length: 200 }, (_, i) => observation(i % 2 === 0, { a: i % 3, b: `${i}` })),
    );
    expect(found).toEqual([]);
  });

  it("says nothing of what one side did not record", () => {
    const found = explain(
      Array.from({ length: 100 }, (_, i): Observation =>
        i < 50 ? observation(true, { clause: "0" }) : observation(false, {}),
      ),
    );
    expect(found).toEqual([]);
  });

  it("says nothing of calls that are all slow, or none", () => {
    expect(explain([observation(true, { a: 1 })])).toEqual([]);
    expect(explain([])).toEqual([]);
  });
});

describe("chiSquaredTail", () => {
  it("has the critical values of the table for one degree of freedom", () => {
    expect(chiSquaredTail(3.841)).toBeCloseTo(0.05, 4);
    expect(chiSquaredTail(10.828)).toBeCloseTo(0.001, 6);
    expect(chiSquaredTail(0)).toBeCloseTo(1, 6);
  });
});
