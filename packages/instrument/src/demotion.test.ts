import type { Detail, Level } from "@elixirscope/trace";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capturesAt } from "./captures.ts";
import { type FunctionRate, planDemotions } from "./demotion.ts";
import type { FunctionLevel } from "./module-plan.ts";

describe("demotion", () => {
  it("takes the hottest function down until the rate fits, and says so", () => {
    const rates = [
      rate("Shop.Cart.total/1", 84_000, 6_000),
      rate("Shop.Cart.add/3", 900, 100),
      rate("Shop.Order.pay/1", 3_000, 200),
    ];
    const levels = levelsOf(rates, at("full"));
    const { demotions, expectedPerSecond } = planDemotions(rates, levels, 50_000);
    expect(demotions.map(({ text }) => text)).toEqual([
      "Shop.Cart.total/1: full → boundaries, 84,000 events/s of a budget of 50,000",
    ]);
    expect(demotions[0]?.to.captures).toEqual(["arguments", "result", "exception"]);
    // two events for each of its 6,000 calls
    expect(expectedPerSecond).toBe(12_000 + 900 + 3_000);
  });

  it("gives up single values before bindings", () => {
    const rates = [rate("A.f/1", 90_000, 5_000, 60_000)];
    const fits = planDemotions(rates, levelsOf(rates, at("full", "expressions")), 40_000);
    expect(fits.demotions[0]?.text).toContain("full with expressions → full,");
    expect(fits.expectedPerSecond).toBe(30_000);
    const tighter = planDemotions(rates, levelsOf(rates, at("full", "expressions")), 20_000);
    expect(tighter.demotions[0]?.text).toContain("full with expressions → boundaries,");
    expect(tighter.expectedPerSecond).toBe(10_000);
  });

  it("goes on to the next when the hottest is no longer it, in the order of the rates", () => {
    const rates = [rate("A.f/1", 100, 40), rate("A.g/1", 90, 10)];
    const { demotions } = planDemotions(rates, levelsOf(rates, at("full")), 110);
    expect(demotions.map((one) => [one.function, one.to.level])).toEqual([
      ["A.f/1", "boundaries"],
      ["A.g/1", "boundaries"],
    ]);
  });

  it("switches a function off when its exceptions alone are too many", () => {
    const rates = [rate("A.f/1", 70_000, 70_000)];
    const { demotions, expectedPerSecond } = planDemotions(
      rates,
      levelsOf(rates, at("minimal")),
      50_000,
    );
    expect(demotions[0]?.text).toContain("minimal → off");
    expect(expectedPerSecond).toBe(0);
  });

  it("changes nothing within the budget, and leaves functions alone whose level it does not know", () => {
    const rates = [rate("A.f/1", 70_000, 70_000)];
    expect(planDemotions(rates, levelsOf(rates, at("full")), 70_000).demotions).toEqual([]);
    expect(planDemotions(rates, new Map(), 10)).toEqual({
      demotions: [],
      expectedPerSecond: 70_000,
    });
  });

  it("always fits in the end, never raises a level, and does not depend on the order", () => {
    const rates = fc.uniqueArray(
      fc.record({
        function: fc.integer({ min: 0, max: 30 }).map((i) => `A.f${i}/1`),
        eventsPerSecond: fc.nat(100_000),
        callsPerSecond: fc.nat(50_000),
        detailsPerSecond: fc.nat(50_000),
      }),
      { selector: (one) => one.function, maxLength: 20 },
    );
    const level = fc.constantFrom(at("full"), at("full", "lines"), at("boundaries"), at("minimal"));
    fc.assert(
      fc.property(rates, level, fc.nat(200_000), (measured, from, budget) => {
        const levels = levelsOf(measured, from);
        const plan = planDemotions(measured, levels, budget);
        expect(plan.expectedPerSecond).toBeLessThanOrEqual(budget);
        expect(planDemotions(measured.toReversed(), levels, budget)).toEqual(plan);
        for (const { to } of plan.demotions) expect(depth(to)).toBeLessThan(depth(from));
      }),
    );
  });
});

function depth({ level, detail }: FunctionLevel): number {
  return ["off", "minimal", "boundaries", "full"].indexOf(level) + (detail === "bindings" ? 0 : 1);
}

function rate(name: string, events: number, calls: number, details = 0): FunctionRate {
  return {
    function: name,
    eventsPerSecond: events,
    callsPerSecond: calls,
    detailsPerSecond: details,
  };
}

function at(level: Level, detail: Detail = "bindings"): FunctionLevel {
  return { level, detail, captures: capturesAt(level, { keepsState: false, tailLoop: false }) };
}

function levelsOf(
  rates: readonly FunctionRate[],
  level: FunctionLevel,
): ReadonlyMap<string, FunctionLevel> {
  return new Map(rates.map((one) => [one.function, level]));
}
