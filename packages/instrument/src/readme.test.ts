// What the README shows, on the example shop.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Repository } from "@elixirscope/codegraph";
import { buildPlan, printPlan, readPlan } from "./index.ts";

const shop = fileURLToPath(new URL("../../../examples/shop", import.meta.url));

it("plans the example shop as the README shows", async () => {
  const repository = await Repository.open(shop);
  try {
    const options = { strategy: "balanced", budget: 0.01, profile: null } as const;
    const plan = buildPlan(repository.analysis, options);
    expect(plan.estimate.overhead).toBeGreaterThan(0);
    expect(plan.estimate.overhead).toBeLessThanOrEqual(0.01 + 1e-9);
    const remove = plan.functions.find((planned) => planned.function === "Shop.Cart.remove/2");
    expect(remove).toMatchObject({ level: "full", why: "public function of a server" });
    // called for each item: what it costs while nothing is recorded is too much already
    const handle = plan.functions.find(({ function: name }) => name === "Shop.Cart.handle_call/3");
    expect(handle?.level).toBe("off");
    const loop = plan.functions.find((planned) => planned.function === "Shop.Feed.loop/1");
    expect(loop?.tailLoop).toBe(true);
    const read = readPlan(printPlan(plan), "shop.plan.exs");
    expect(read.ok && read.value.functions.map(({ level }) => level)).toEqual(
      plan.functions.map(({ level }) => level),
    );
  } finally {
    await repository.close();
  }
});

it("does not take waiting for work", async () => {
  const repository = await Repository.open(shop);
  try {
    // ten seconds in a `receive` are no running time that recording could be small against
    const profile = new Map([["Shop.Feed.loop/1", { calls: 10, selfNs: 1e10 }]]);
    const plan = buildPlan(repository.analysis, { strategy: "full", budget: null, profile });
    const loop = plan.functions.find((planned) => planned.function === "Shop.Feed.loop/1");
    expect(loop?.share).toBeLessThan(0.5);
  } finally {
    await repository.close();
  }
});

it("takes counts of a recording over the model", async () => {
  const repository = await Repository.open(shop);
  try {
    const profile = new Map([["Shop.Pricing.fib/1", { calls: 1_000_000, selfNs: 4e7 }]]);
    const plan = buildPlan(repository.analysis, { strategy: "full", budget: null, profile });
    expect(plan.estimate).toMatchObject({ basis: "recording", measuredFunctions: 1 });
    const fib = plan.functions.find((planned) => planned.function === "Shop.Pricing.fib/1");
    // 40 ns of own work a call, and hundreds of ns to record each of its steps
    expect(fib?.share).toBeGreaterThan(0.5);
    expect(plan.estimate.overhead).toBeGreaterThan(1);
  } finally {
    await repository.close();
  }
});
