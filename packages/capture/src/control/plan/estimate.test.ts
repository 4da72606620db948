import { DEFAULT_BUDGETS, DEFAULT_LIMITS } from "@elixirscope/trace";
import { expect, test } from "vitest";
import { costOf } from "./estimate.ts";
import { formatPlan } from "./format-plan.ts";
import type { PlannedFunction, PreparedPlan } from "./prepare-plan.ts";

function planned(name: string, returns: "value" | "none" = "value"): PlannedFunction {
  return { module: "Elixir.Shop.Cart", name, arity: 1, clauses: null, returns };
}

const functions = [planned("add"), planned("total"), planned("loop", "none"), planned("idle")];
const rates = new Map([
  ["Shop.Cart.add/1", 1_000],
  ["Shop.Cart.total/1", 90_000],
  ["Shop.Cart.loop/1", 50_000],
]);

function prepared(texts: readonly string[]): PreparedPlan {
  return {
    plan: {
      selectors: texts,
      functions: functions.map(({ module, name, arity, returns }) => ({
        module,
        function: name,
        arity,
        returns,
      })),
      processes: ["app:shop"],
      messages: true,
      lifecycle: true,
      state: false,
      arguments: true,
      sampling: { kind: "chains", probability: 0.25 },
      limits: DEFAULT_LIMITS,
      budgets: DEFAULT_BUDGETS,
    },
    functions,
    processes: [{ kind: "application", name: "shop" }],
    own: { applications: ["shop"], modules: ["Elixir.Shop.Cart"] },
    notes: [],
    deep: null,
  };
}

test("a call with its result is two events, one that may loop is one", () => {
  const estimate = costOf(functions, rates, DEFAULT_BUDGETS);
  expect(estimate).toMatchObject({
    functions: 4,
    callsPerSecond: 141_000,
    eventsPerSecond: 232_000,
  });
  expect(estimate.busiest.map(({ function: name }) => name)).toEqual([
    "Shop.Cart.total/1",
    "Shop.Cart.loop/1",
    "Shop.Cart.add/1",
  ]);
});

function tooHot(eventsPerSecond: number): readonly string[] {
  const estimate = costOf(functions, rates, { ...DEFAULT_BUDGETS, eventsPerSecond });
  return estimate.tooHot.map(({ function: name }) => name);
}

test("the fewest functions that do not fit the budget are named", () => {
  expect(tooHot(250_000)).toEqual([]);
  expect(tooHot(200_000)).toEqual(["Shop.Cart.total/1"]);
  expect(tooHot(10_000)).toEqual(["Shop.Cart.total/1", "Shop.Cart.loop/1"]);
  expect(tooHot(100)).toEqual(["Shop.Cart.total/1", "Shop.Cart.loop/1", "Shop.Cart.add/1"]);
});

test("a plan reads like this", () => {
  const estimate = costOf(functions, rates, DEFAULT_BUDGETS);
  expect(formatPlan(prepared(["*"]), estimate)).toBe(
    [
      "selectors   * (the target's own: shop)",
      "functions   4 in 1 module: Shop.Cart (4)",
      "            1 function without results, because they may loop by tail calls",
      "processes   messages, life of app:shop",
      "sampling    25% of call chains",
      "estimate    232,000 call events/s, 33.8% of one core in the target, 15.5 MB/s on disk",
      "            busiest: Shop.Cart.total/1 (90,000/s), Shop.Cart.loop/1 (50,000/s), Shop.Cart.add/1 (1,000/s)",
      "budgets     200,000 events/s, 64 MB in the target, 10 GB on disk",
      "warning     too hot for the budget: Shop.Cart.total/1 (90,000/s)",
      "            leave them out with `not FUNCTION`, sample, or raise the budget; else events will be dropped",
    ].join("\n"),
  );
  expect(formatPlan(prepared(["Shop.Cart"]), { reason: "not asked for" })).toContain(
    "estimate    none: not asked for",
  );
});
