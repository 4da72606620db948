import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { DEFAULT_ANALYSIS_LIMITS } from "./analysis-limits.ts";
import { analyzeFile } from "./analyze-file.ts";
import { packFacts, unpackGraphs } from "./packed-facts.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const CART = `defmodule Shop.Cart do
  @moduledoc "A cart."
  use GenServer

  @impl true
  def init(items), do: {:ok, items}

  @impl true
  def handle_call({:add, item}, _from, items) do
    case item do
      nil -> {:reply, :error, items}
      _ -> {:reply, :ok, [item | items]}
    end
  end

  def add(cart, item), do: GenServer.call(cart, {:add, item})
end
`;

it("joins all that is known of a file", () => {
  const facts = analyzeFile("lib/cart.ex", utf8(CART));
  expect(facts).toMatchObject({
    path: "lib/cart.ex",
    sha256: createHash("sha256").update(CART).digest("hex"),
    bytes: CART.length,
    lines: 17,
    diagnostics: [],
    modules: [{ name: "Shop.Cart", behaviours: ["GenServer"], file: "lib/cart.ex" }],
    moduleMetrics: [{ module: "Shop.Cart", functions: 3 }],
  });
  const keys = ["Shop.Cart.init/1", "Shop.Cart.handle_call/3", "Shop.Cart.add/2"];
  expect(facts.cfgs.map((cfg) => cfg.function)).toEqual(keys);
  expect(facts.dfgs.map((dfg) => dfg.function)).toEqual(keys);
  expect(facts.metrics.find((m) => m.function === keys[1])?.cyclomatic).toBe(2);
  expect(facts.links.sends.map(({ kind, shape }) => [kind, shape])).toEqual([
    ["call", "{:add, _}"],
  ]);
});

it("is plain data: packing keeps all of it", () => {
  const facts = analyzeFile("lib/cart.ex", utf8(CART));
  const { outline, graphs } = packFacts(facts);
  expect({ ...structuredClone(outline), ...unpackGraphs(graphs) }).toEqual(facts);
  expect(JSON.parse(JSON.stringify(outline))).toEqual(outline);
});

it("does not analyse what is too large, and says so at its first line", () => {
  const facts = analyzeFile("big.ex", utf8(CART), {
    limits: { ...DEFAULT_ANALYSIS_LIMITS, fileBytes: 100 },
  });
  expect(facts.modules).toEqual([]);
  expect(facts.bytes).toBe(CART.length);
  expect(facts.diagnostics).toMatchObject([{ code: "file_too_large", line: 1, column: 1 }]);
});

it("gives the functions of a slow file no graphs from where time ran out", () => {
  const facts = analyzeFile("slow.ex", utf8(CART), {
    limits: { ...DEFAULT_ANALYSIS_LIMITS, softMs: -1 },
  });
  expect(facts.modules).toHaveLength(1);
  expect(facts.cfgs).toEqual([]);
  expect(facts.diagnostics).toMatchObject([
    { code: "analysis_slow", line: 6, message: expect.stringContaining("Shop.Cart.init/1") },
  ]);
});

it("analyses the rest of a file with a syntax error", () => {
  const facts = analyzeFile("broken.ex", utf8(CART.replace("nil ->", "nil -> (")));
  expect(facts.diagnostics.length).toBeGreaterThan(0);
  expect(facts.diagnostics[0]).toMatchObject({ severity: "error" });
  expect(facts.diagnostics[0]?.line).toBeGreaterThanOrEqual(10);
  expect(facts.modules.map(({ name }) => name)).toEqual(["Shop.Cart"]);
});

it("bounds the diagnostics of one file and counts the rest", () => {
  const garbage = "def x, do: )\n".repeat(300);
  const limits = { ...DEFAULT_ANALYSIS_LIMITS, diagnosticsPerFile: 10 };
  const { diagnostics } = analyzeFile("garbage.ex", utf8(garbage), { limits });
  expect(diagnostics.length).toBeLessThanOrEqual(11);
  expect(diagnostics.at(-1)?.code).toBe("more_diagnostics");
});

it.each([
  ["lists", (n: number) => "[".repeat(n) + "]".repeat(n)],
  ["calls", (n: number) => "f(".repeat(n) + "1" + ")".repeat(n)],
  ["blocks", (n: number) => "if a do\n".repeat(n) + "1\n" + "end\n".repeat(n)],
  ["functions", (n: number) => "fn x -> ".repeat(n) + "x" + " end".repeat(n)],
  ["operators", (n: number) => "a + ".repeat(n) + "a"],
])(
  "takes 10,000 levels of %s",
  (_what, nested) => {
    const text = `defmodule Deep do\n  def run(a) do\n    ${nested(10_000)}\n  end\n\n  def after_it, do: :ok\nend\n`;
    const facts = analyzeFile("deep.ex", utf8(text));
    expect(facts.modules[0]?.functions.map(({ name }) => name)).toEqual(["run", "after_it"]);
    expect(facts.cfgs.map((cfg) => cfg.function)).toContain("Deep.after_it/0");
    for (const { code } of facts.diagnostics) expect(["too_deep", "analysis_slow"]).toContain(code);
  },
  60_000,
);
