import type { InstrumentationPlan } from "@elixirscope/trace";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printPlan } from "./plan-text.ts";
import { readPlan } from "./read-plan.ts";

const plan: InstrumentationPlan = {
  version: 1,
  strategy: "balanced",
  budget: 0.01,
  sample: 0.3,
  estimate: { overhead: 0.0071, basis: "model", measuredFunctions: 0 },
  functions: [
    {
      function: "Shop.Cart.add/3",
      level: "full",
      detail: "expressions",
      captures: ["arguments", "result", "exception"],
      why: 'says "#{hello}"',
      tailLoop: false,
      costNs: 216,
      share: 0.12,
    },
    {
      function: "Shop.Cart.loop/1",
      level: "off",
      detail: "bindings",
      captures: [],
      why: "hot",
      tailLoop: true,
      costNs: 0,
      share: 0.5,
    },
  ],
};

describe("a plan file", () => {
  it("reads back as it was printed", () => {
    expect(readPlan(printPlan(plan), "plan.exs")).toEqual({ ok: true, value: plan });
  });

  it("keeps any reason that a person writes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (why) => {
        const functions = plan.functions.map((planned) => ({ ...planned, why }));
        const read = readPlan(printPlan({ ...plan, functions }), "plan.exs");
        expect(read.ok && read.value.functions.map((planned) => planned.why)).toEqual([why, why]);
      }),
    );
  });

  it("takes a line with a name and a level alone", () => {
    const read = readPlan('[version: 1, functions: [{"Shop.Cart.add/3", :full}]]', "plan.exs");
    expect(read.ok && read.value.functions).toEqual([
      expect.objectContaining({
        function: "Shop.Cart.add/3",
        level: "full",
        captures: ["arguments", "result", "exception", "bindings", "branches", "messages"],
      }),
    ]);
  });

  it("takes a detail per function, and only those that there are", () => {
    const functions = ["lines", "expressions", "everything"].map(
      (detail) => `{"A.f/1", :full, detail: :${detail}}`,
    );
    const [lines, expressions, wrong] = functions.map((line) => {
      const read = readPlan(`[version: 1, functions: [${line}]]`, "plan.exs");
      return read.ok ? read.value.functions[0]?.detail : read.error[0]?.message;
    });
    expect(lines).toBe("lines");
    expect(expressions).toBe("expressions");
    expect(wrong).toBe("detail is one of :bindings, :lines, :expressions");
  });

  it("expects no result of a function that loops by tail calls", () => {
    const line = '{"Shop.Feed.loop/1", :boundaries, tail_loop: true}';
    const read = readPlan(`[version: 1, functions: [${line}]]`, "plan.exs");
    expect(read.ok && read.value.functions[0]?.captures).toEqual(["arguments", "exception"]);
  });

  it("says where each mistake is", () => {
    const text = [
      "[version: 1, strategy: :fast,",
      ' functions: [{"Shop.Cart.add", :full},',
      '  {"A.b/1", :deep}]]',
    ].join("\n");
    const read = readPlan(text, "plan.exs");
    expect(read.ok ? [] : read.error.map(({ line, column, code }) => [line, column, code])).toEqual(
      [
        [1, 24, "plan_value"],
        [2, 14, "plan_value"],
        [3, 13, "plan_value"],
      ],
    );
  });

  it("refuses another version and what is no Elixir", () => {
    const newer = readPlan("[version: 2, functions: []]", "plan.exs");
    expect(newer.ok ? null : newer.error[0]?.code).toBe("plan_version");
    const broken = readPlan("[version: 1, functions: [", "plan.exs");
    expect(broken.ok ? null : broken.error[0]?.code).toBe("plan_syntax");
  });
});
