import { readdirSync, readFileSync } from "node:fs";
import { parse } from "@elixirscope/syntax";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCfg } from "../flow/cfg-build.ts";
import { linkFacts } from "../link/link-file.ts";
import { linkProject } from "../link/link-project.ts";
import { functionMetrics } from "../metrics/function-metrics.ts";
import { moduleMetrics } from "../metrics/module-metrics.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import type { Finding } from "../patterns/finding.ts";
import { codeQuery } from "./code-query.ts";
import { nameTest, Query, type Plan } from "./query.ts";

const root = new URL("../../../../examples/shop/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const files = readdirSync(new URL("lib/", root), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ex"))
  .toSorted((a, b) => (a < b ? -1 : 1))
  .map((name) => {
    const path = `lib/${name}`;
    const syntax = fileSyntax(path, parse(read(path)));
    return {
      path,
      modules: syntax.modules.map((module) => module.data),
      links: linkFacts(syntax),
      moduleMetrics: moduleMetrics(syntax),
      metrics: syntax.modules.flatMap((module) =>
        module.functions.map((fun) =>
          functionMetrics(fun, module, buildCfg(fun, module, syntax.ids)),
        ),
      ),
    };
  });
const finding: Finding = {
  rule: "bottleneck",
  category: "anti_pattern",
  severity: "warning",
  title: "",
  explanation: "",
  file: "lib/shop/notifier.ex",
  module: "Shop.Notifier",
  function: "Shop.Notifier.handle_cast/2",
  range: { line: 14, column: 3, endLine: 17, endColumn: 6, start: 0, end: 0 },
  nodeId: null,
  confidence: 1,
};
const code = codeQuery(
  {
    files,
    graphs: linkProject(files),
    moduleMetrics: files.flatMap((file) => file.moduleMetrics),
    findings: [finding, { ...finding, rule: "other", severity: "info", module: "Shop.Cart" }],
  },
  read,
);

describe("functions", () => {
  it("by name, module, file, kind and measure", () => {
    expect(
      code
        .functions()
        .named("Shop.Inventory.*level")
        .map(({ key }) => key),
    ).toEqual(["Shop.Inventory.level/1", "Shop.Inventory.set_level/2"]);
    expect(
      code
        .functions()
        .inModule("Shop.Pricing")
        .kind("defp")
        .map(({ name }) => name),
    ).toEqual(["fib"]);
    expect(code.functions().inFile("lib/shop/courier.ex").count()).toBe(5);
    const complicated = code
      .functions()
      .withMetric("clauses", ">", 3)
      .map(({ key }) => key);
    expect(complicated).toEqual(["Shop.Cart.handle_call/3", "Shop.Pricing.discount/2"]);
    expect(
      code
        .functions()
        .callbacks("Supervisor")
        .map(({ key }) => key),
    ).toEqual(["Shop.Payments.init/1"]);
  });

  it("through the call graph, nearest first", () => {
    const fib = code.functions().named("Shop.Pricing.fib/1");
    expect(fib.callers().map(({ key }) => key)).toEqual([
      "Shop.Pricing.fib/1",
      "Shop.Pricing.loyalty_score/1",
    ]);
    expect(fib.callers({ depth: 3 }).map(({ name }) => name)).toEqual([
      "fib",
      "loyalty_score",
      "total",
      "check_out",
    ]);
    const visit = code.functions().named("Shop.visit/2");
    expect(visit.callees().map(({ name }) => name)).toEqual(["open", "add", "check_out", "close"]);
    expect(visit.callees({ depth: Infinity }).map(({ name }) => name)).toContain("fib");
    expect(visit.callers({ depth: 0 }).toArray()).toEqual([]);
    const sleeping = code
      .functions()
      .reaching("Process.sleep/1")
      .map(({ key }) => key);
    expect(sleeping).toEqual(["Shop.Notifier.handle_cast/2"]);
  });

  it("in an order, a part of them", () => {
    const largest = code.functions().inModule("Shop.Cart").orderByMetric("lines").limit(1).first();
    expect(largest?.key).toBe("Shop.Cart.handle_call/3");
    const names = code
      .functions()
      .inModule("Shop.Feed")
      .orderBy(({ name }) => name, "desc");
    expect(
      names
        .skip(1)
        .limit(2)
        .map(({ name }) => name),
    ).toEqual(["run", "publish"]);
    const groups = code.functions().groupBy(({ data }) => data.kind);
    expect([...groups.keys()]).toEqual(["def", "defp"]);
  });
});

describe("modules", () => {
  it("by behaviour and use, with what they need and who needs them", () => {
    expect(
      code
        .modules()
        .withBehaviour(":gen_statem")
        .map(({ name }) => name),
    ).toEqual(["Shop.Order"]);
    expect(
      code
        .modules()
        .using("*Supervisor")
        .map(({ name }) => name),
    ).toEqual(["Shop.CartSupervisor", "Shop.Payments"]);
    const gateway = code.modules().named("Shop.Payments.Gateway");
    expect(gateway.dependencies("call").map(({ name }) => name)).toEqual([
      "Shop.Payments.Fraud",
      "Shop.Payments.Ledger",
      "Shop.Notifier",
    ]);
    expect(
      code
        .modules()
        .named("Shop.Pricing")
        .dependents()
        .map(({ name }) => name),
    ).toEqual(["Shop", "Shop.Cart", "Shop.Reports"]);
    expect(gateway.functions().map(({ name }) => name)).toEqual([
      "start_link",
      "init",
      "handle_call",
    ]);
  });
});

describe("messages", () => {
  it("from sends to handlers and back", () => {
    const send = code.sends().like("{:charge, _, _}").first();
    const handlers =
      send === undefined ? [] : code.handlersOf(send.site).map(({ site }) => site.function);
    expect(handlers).toEqual(["Shop.Payments.Gateway.handle_call/3"]);
    const senders = code.handlers().inModule("Shop.Cart").senders().functions();
    expect(senders.map(({ name }) => name)).toEqual(["add", "remove", "items"]);
    expect(
      code
        .handlers()
        .taking("{:restock, 1, 2}")
        .map(({ site }) => site.kind),
    ).toEqual([
      "cast",
      // any content, in any state
      "event",
      "event",
      "event",
    ]);
    expect(code.sends().to("Shop.Cart", "inferred").count()).toBe(2);
    expect(code.sends().unmatched().count() + code.handlers().unsent().count()).toBe(0);
    expect(
      code
        .functions()
        .named("Shop.Load.init/1")
        .sends()
        .map(({ site }) => site.shape),
    ).toEqual([":tick"]);
    expect(
      code
        .handlers()
        .kind("receive")
        .functions()
        .map(({ name }) => name),
    ).toEqual(["latest", "loop"]);
  });
});

describe("findings", () => {
  it("by rule, severity and place", () => {
    expect(code.findings().atLeast("warning").rule("b*").count()).toBe(1);
    expect(code.findings().category("security").count()).toBe(0);
    expect(
      code
        .findings()
        .inModule("Shop.Cart")
        .map(({ rule }) => rule),
    ).toEqual(["other"]);
    expect(code.modules().named("Shop.Notifier").findings().first()).toBe(finding);
    expect(code.functions().named("Shop.Notifier.*").findings().first()).toBe(finding);
  });
});

describe("nodes and edges", () => {
  it("come from the graphs of the functions in question", () => {
    const scope = { functions: "Shop.Payments.charge" };
    expect(
      code
        .nodes(scope)
        .type("variable")
        .map(({ label }) => label),
    ).toEqual(["customer", "amount", "customer", "amount"]);
    expect(code.edges("MESSAGE", scope).map(({ to, label }) => [to.line, label])).toEqual([
      [26, "exact"],
    ]);
    expect(
      code
        .edges("CALL")
        .to("Shop.Pricing.price/1")
        .map((edge) => edge.function),
    ).toEqual(["Shop.Cart.handle_call/3", "Shop.Reports.value/1"]);
  });

  it("need the text", () => {
    const without = codeQuery({
      files,
      graphs: linkProject(files),
      moduleMetrics: [],
      findings: [],
    });
    expect(() => without.nodes().first()).toThrow(/source/);
  });
});

describe("a query", () => {
  it("says its steps without taking them", () => {
    const query = code
      .functions()
      .named("Shop.*")
      .withMetric("cyclomatic", ">", 2)
      .callers({ depth: 2 })
      .orderBy(({ key }) => key)
      .limit(5);
    expect(query.explain()).toEqual([
      "all 72 functions",
      "named Shop.*",
      "with cyclomatic > 2",
      "who calls them, up to 2 calls away",
      "in rising order",
      "the first 5",
    ]);
  });

  it("is lazy and can be continued twice", () => {
    class Numbers extends Query<number, Numbers> {
      protected override derive(plan: Plan<number>): Numbers {
        return new Numbers(plan);
      }
    }
    let made = 0;
    const all = new Numbers({
      steps: ["numbers"],
      run: function* () {
        for (;;) yield made++;
      },
    });
    const even = all.where((n) => n % 2 === 0);
    expect(made).toBe(0);
    expect(even.limit(2).toArray()).toEqual([0, 2]);
    expect(made).toBe(3);
    expect(even.limit(0).toArray()).toEqual([]);
    expect(even.skip(1).first()).toBe(6);
  });

  it("finds names as a regular expression would", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "."), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
    fc.assert(
      fc.property(part, text, (pattern, name) => {
        const source = pattern.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
        expect(nameTest(pattern)(name)).toBe(new RegExp(`^${source}$`).test(name));
      }),
    );
    expect(nameTest(/lev/g)("level")).toBe(true);
    // exponential for a naive matcher
    expect(nameTest("*a".repeat(40))("a".repeat(5_000) + "b")).toBe(false);
  });
});
