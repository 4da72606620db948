import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, chooseLevels, costOf } from "./choose-levels.ts";

const candidate = fc.record({
  runs: fc.double({ min: 0, max: 1e4, noNaN: true }),
  steps: fc.double({ min: 0, max: 50, noNaN: true }),
  value: fc.double({ min: 0.1, max: 10, noNaN: true }),
  keepsState: fc.boolean(),
  wanted: fc.boolean(),
});

function cost(candidates: readonly Candidate[], choice: ReturnType<typeof chooseLevels>): number {
  return candidates.reduce(
    (sum, one, i) => sum + costOf(one, choice.levels[i] ?? "off", choice.sample),
    0,
  );
}

describe("balanced", () => {
  it("stays within the budget unless even the least sample of the callbacks passes it", () => {
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 40 }),
        fc.double({ min: 1, max: 1e7, noNaN: true }),
        (candidates, allowed) => {
          const choice = chooseLevels("balanced", candidates, allowed);
          fc.pre(choice.sample > 0.001);
          expect(cost(candidates, choice)).toBeLessThanOrEqual(allowed * (1 + 1e-8));
        },
      ),
    );
  });

  it("records a part of the time when the callbacks alone cost more than theirs", () => {
    const server = { runs: 1000, steps: 40, value: 8, keepsState: true, wanted: true };
    const full = costOf(server, "boundaries", 1);
    const choice = chooseLevels("balanced", [server], full * 0.7);
    expect(choice).toEqual({ levels: ["boundaries"], sample: 0.5 });
  });

  it("leaves the busiest callbacks alone when even their calls that are left out cost too much", () => {
    const busy = { runs: 10_000, steps: 3, value: 8, keepsState: true, wanted: true };
    const seldom = { ...busy, runs: 10 };
    const choice = chooseLevels("balanced", [busy, seldom], costOf(busy, "boundaries", 1) / 200);
    expect(choice).toEqual({ levels: ["off", "full"], sample: 1 });
  });

  it("takes what explains more for its cost first", () => {
    const hot = { runs: 1000, steps: 2, value: 1, keepsState: false, wanted: false };
    const rare = { runs: 1, steps: 2, value: 1, keepsState: false, wanted: false };
    const choice = chooseLevels("balanced", [hot, rare], costOf(rare, "full", 1) * 2);
    expect(choice.levels).toEqual(["off", "full"]);
  });
});

it("full and minimal ask nobody", () => {
  const one = { runs: 1e9, steps: 50, value: 1, keepsState: false, wanted: false };
  expect(chooseLevels("full", [one], 1).levels).toEqual(["full"]);
  expect(chooseLevels("minimal", [one], 1).levels).toEqual(["minimal"]);
});
