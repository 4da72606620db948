import { describe, expect, it } from "vitest";
import type { InstrumentationPlan } from "@elixirscope/trace";
import { readPlan } from "../read-plan.ts";
import { type OnlyPattern, parseOnly } from "./only-pattern.ts";
import { type PlanChoice, planModule } from "./plan-module.ts";
import { unknownNames, unknownNameText, unknownPatterns } from "./unknown-names.ts";

const FUNCTIONS: readonly string[] = [
  "Shop.Cart.add/3",
  "Shop.Cart.total/1",
  "Shop.Cart.Item.valid?/1",
  "Shop.main/0",
  ":lists.map/2",
];

describe("the levels of a module", () => {
  it("are full for every function without a plan", () => {
    const { levelOf } = planModule("Shop.Cart", choice({ others: "full" }));
    expect(levelOf("add", 3)).toEqual({
      level: "full",
      captures: ["arguments", "result", "exception", "bindings", "branches", "messages"],
      detail: "bindings",
      named: false,
    });
  });

  it("are a plan's, and `others` for what it does not name", () => {
    const plan = planOf(
      '{"Shop.Cart.add/3", :full, detail: :lines}',
      '{"Shop.Cart.total/1", :boundaries, captures: [:arguments, :bindings]}',
      '{"Shop.Cart.Item.total/1", :full}',
      '{":lists.map/2", :boundaries}',
    );
    const { levelOf } = planModule("Shop.Cart", choice({ plan }));
    expect(levelOf("add", 3)).toMatchObject({ level: "full", detail: "lines", named: true });
    // boundaries have no bindings to capture
    expect(levelOf("total", 1).captures).toEqual(["arguments"]);
    expect(levelOf("add", 2).level).toBe("off");
    expect(planModule(":lists", choice({ plan })).levelOf("map", 2).level).toBe("boundaries");
  });

  it("take another detail than the plan's", () => {
    const plan = planOf('{"Shop.Cart.add/3", :full, detail: :lines}');
    const { levelOf } = planModule("Shop.Cart", choice({ plan, detail: "expressions" }));
    expect(levelOf("add", 3).detail).toBe("expressions");
  });

  it.each([
    ["Shop.Cart", ["Shop.Cart.add/3", "Shop.Cart.total/1"]],
    ["Shop.*", ["Shop.Cart.add/3", "Shop.Cart.total/1", "Shop.Cart.Item.valid?/1", "Shop.main/0"]],
    ["Shop.C*", ["Shop.Cart.add/3", "Shop.Cart.total/1", "Shop.Cart.Item.valid?/1"]],
    ["Shop.Cart.add/3", ["Shop.Cart.add/3"]],
    ["Shop.Cart.add/2", []],
    ["Shop.Cart.t*", ["Shop.Cart.total/1"]],
    ["Shop.*.valid?", ["Shop.Cart.Item.valid?/1"]],
    ["Elixir.Shop.Cart.Item", ["Shop.Cart.Item.valid?/1"]],
    [":lists", [":lists.map/2"]],
    [":li*.map/2", [":lists.map/2"]],
    ["not Shop.*", [":lists.map/2"]],
    ["*", FUNCTIONS],
  ])("are restricted by --only %s", (text, expected) => {
    const only = [pattern(text)];
    const chosen = FUNCTIONS.filter((key) => isInstrumented(key, choice({ others: "full", only })));
    expect(chosen.toSorted()).toEqual([...expected].toSorted());
  });

  it("leave out what `not` names, whatever else chooses it", () => {
    const only = [pattern("not Shop.Cart.total/1"), pattern("Shop.Cart")];
    const chosen = FUNCTIONS.filter((key) => isInstrumented(key, choice({ others: "full", only })));
    expect(chosen).toEqual(["Shop.Cart.add/3"]);
  });
});

describe("a pattern of --only", () => {
  it.each([
    ["", "an empty pattern chooses nothing"],
    ["Shop.Cart.add(_, 1)", "choose calls, not code"],
    ["Shop.Cart.add/1 when true", "choose calls, not code"],
    ["app:shop", "name modules"],
    ["lists:map/2", ":lists.map"],
    ["lists.map", ":lists.map"],
    ["Shop.Cart/2", "an arity belongs to a function"],
    ["Shop.Cart.add/300", "at most 255"],
    ["?", "write a module or function"],
  ])("that says %j is refused with what to write", (text, expected) => {
    const parsed = parseOnly(text);
    expect(parsed.ok ? "" : parsed.error.message).toContain(expected);
  });
});

describe("names that do not exist", () => {
  const modules = [
    { module: "Shop.Cart", functions: ["add/3", "total/1"] },
    { module: ":shop_db", functions: ["open/0"] },
  ];

  it("are told with the nearest ones, a module once", () => {
    const plan = planOf(
      '{"Shop.Cart.add/3", :full}',
      '{"Shop.Cart.totl/1", :full}',
      '{"Shop.Crat.add/3", :full}',
      '{"Shop.Crat.total/1", :full}',
      '{":shop_db.open/0", :full}',
      '{"Elsewhere.f/0", :off}',
    );
    expect(unknownNames(plan, modules).map(unknownNameText)).toEqual([
      "there is no function Shop.Cart.totl/1; did you mean Shop.Cart.total/1?",
      "there is no module Shop.Crat; did you mean Shop.Cart?",
      "there is no module Elsewhere",
    ]);
  });

  it("may be patterns", () => {
    const only = ["Shop.*", "Shop.Crat", "Shop.Cart.ad/3", "not Shop.Cart.x*"].map(pattern);
    expect(unknownPatterns(only, modules).map(unknownNameText)).toEqual([
      "nothing fits Shop.Crat; did you mean Shop.Cart?",
      "nothing fits Shop.Cart.ad/3; did you mean Shop.Cart.add/3?",
      "nothing fits not Shop.Cart.x*",
    ]);
  });
});

function isInstrumented(key: string, chosen: PlanChoice): boolean {
  const [, module = "", name = "", arity = ""] = /^(.*)\.([^.]+)\/(\d+)$/.exec(key) ?? [];
  return planModule(module, chosen).levelOf(name, Number(arity)).level !== "off";
}

function choice(parts: Partial<PlanChoice>): PlanChoice {
  return { plan: null, others: "off", detail: null, only: [], ...parts };
}

function pattern(text: string): OnlyPattern {
  const parsed = parseOnly(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function planOf(...lines: string[]): InstrumentationPlan {
  const read = readPlan(`[version: 1, functions: [${lines.join(",\n")}]]`, "plan.exs");
  if (!read.ok) throw new Error(read.error.map(({ message }) => message).join("\n"));
  return read.value;
}
