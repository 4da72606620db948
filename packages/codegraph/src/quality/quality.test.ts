import { parse } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { linkFacts } from "../link/link-file.ts";
import { functionMetrics } from "../metrics/function-metrics.ts";
import { moduleMetrics } from "../metrics/module-metrics.ts";
import { buildCfg } from "../flow/cfg-build.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import { fileFindings, ruleSet } from "../patterns/file-findings.ts";
import { moduleQuality, type ModuleQuality } from "./module-quality.ts";
import { moduleSummary } from "./module-summary.ts";
import { above, scoreOf, type QualityReason } from "./score.ts";
import { suggestions, type Suggestion } from "./suggestions.ts";

const { rules } = ruleSet();

function analysed(text: string): {
  quality: ModuleQuality;
  summary: string;
  suggested: Suggestion[];
} {
  const file = fileSyntax("lib/a.ex", parse(text));
  const [module] = file.modules;
  const [measures] = moduleMetrics(file);
  if (module === undefined || measures === undefined) throw new Error("no module");
  const functions = module.functions.map((fn) =>
    functionMetrics(fn, module, buildCfg(fn, module, file.ids)),
  );
  const findings = fileFindings(file, rules);
  return {
    quality: moduleQuality({ module: module.data, measures, functions, findings }),
    summary: moduleSummary(module.data, findings, linkFacts(file)),
    suggested: suggestions(file, functions, findings),
  };
}

const CLEAN = `defmodule Price do
  @moduledoc "Prices with tax."
  @doc "With tax."
  @spec with_tax(integer()) :: float()
  def with_tax(cents), do: cents * 1.19
end`;

const reason = (points: number): QualityReason => ({
  measure: "m",
  function: null,
  value: 1,
  points,
  text: "t",
});

describe("scores", () => {
  it("take the dearest in full and each further a fifth less", () => {
    expect(scoreOf([]).score).toBe(100);
    expect(scoreOf([reason(10)]).score).toBe(90);
    // 10 + 0.8 · 10 + 0.64 · 5 = 21.2
    expect(scoreOf([reason(5), null, reason(10), reason(10)])).toMatchObject({ score: 79 });
    expect(scoreOf(Array.from({ length: 50 }, () => reason(90))).score).toBe(0);
  });

  it("cost nothing up to a limit and are capped", () => {
    expect(above(10, 2, 15, { measure: "m", function: null, value: 10, text: "" })).toBeNull();
    expect(above(10, 2, 15, { measure: "m", function: null, value: 13, text: "" })?.points).toBe(6);
    expect(above(10, 2, 15, { measure: "m", function: null, value: 99, text: "" })?.points).toBe(
      15,
    );
  });
});

describe("the quality of a module", () => {
  it("is full where nothing is wrong", () => {
    const { quality } = analysed(CLEAN);
    expect(quality).toMatchObject({
      readability: { score: 100, reasons: [] },
      maintainability: { score: 100, reasons: [] },
      testability: { score: 100, reasons: [] },
      performance: { score: 100, reasons: [] },
    });
  });

  it("says which function and measure costs how much", () => {
    const { quality } = analysed(`defmodule Fleet do
      @moduledoc false
      def load(ids) do
        Enum.map(ids, fn id -> Shop.Repo.get(Ship, id) end)
      end
    end`);
    expect(quality.performance.reasons[0]).toMatchObject({
      measure: "n-plus-one",
      function: "Fleet.load/1",
      points: 13.5,
    });
    expect(quality.performance.score).toBe(87);
    // the finding: a warning of confidence 0.9; no @spec
    expect(quality.maintainability.reasons.map(({ measure, points }) => [measure, points])).toEqual(
      [
        ["specified", 5],
        ["n-plus-one", 3.6],
      ],
    );
  });

  it("sees decisions that cannot be tested alone", () => {
    const { quality } = analysed(`defmodule Mixed do
      @moduledoc "x"
      def run(path, mode) do
        text = File.read!(path)
        cond do
          mode == :a and text != "" -> 1
          mode == :b -> 2
          DateTime.utc_now() > text -> 3
          true -> 4
        end
      end
    end`);
    expect(quality.testability.reasons.map(({ measure }) => measure)).toEqual([
      "effects",
      "nondeterminism",
    ]);
    expect(quality.testability.reasons[0]?.text).toContain("reads or writes files");
  });

  it("takes points for what is hard to read", () => {
    const deep = "if x do\n".repeat(6) + "1\n" + "end\n".repeat(6);
    const { quality } = analysed(`defmodule Deep do\ndef f(x) do\n${deep}end\nend`);
    // cognitive 1+2+…+6 = 21: 12 points; nesting 6: 12 points; no @moduledoc 5; no @doc 8
    expect(quality.readability.reasons.map(({ measure, points }) => [measure, points])).toEqual([
      ["cognitive", 12],
      ["nesting", 12],
      ["documented", 8],
      ["moduledoc", 5],
    ]);
    expect(quality.readability.score).toBe(Math.round(100 - (12 + 9.6 + 5.12 + 2.56)));
  });
});

describe("the summary of a module", () => {
  it("says what it is, what it handles, sends and uses", () => {
    const { summary } = analysed(`defmodule Shop.Cart do
      @moduledoc "One customer's cart. More of it."
      use GenServer
      def start_link(id), do: GenServer.start_link(__MODULE__, id, name: {:via, Registry, {Shop.Carts, id}})
      def add(cart, sku), do: GenServer.call(cart, {:add, sku})
      @impl true
      def init(id), do: {:ok, id}
      @impl true
      def handle_call({:add, sku}, _from, state), do: {:reply, Shop.Pricing.price(sku), state}
    end`);
    expect(summary).toBe(
      'Shop.Cart is a GenServer, with one process for each of the things it stands for. It says of itself: "One customer\'s cart." Others call add/2. It handles the messages `{:add, _}`. It starts processes and talks to other processes. It leans on Shop.Pricing.',
    );
  });

  it("says that plain functions are plain", () => {
    expect(analysed(CLEAN).summary).toBe(
      'Price is a module of functions. It says of itself: "Prices with tax." Others call with_tax/1. It has no effects of its own.',
    );
  });
});

const kinds = (body: string): string[] =>
  analysed(`defmodule A do\n${body}\nend`).suggested.map(
    ({ kind, range }) => `${kind} ${range.line}`,
  );

describe("suggestions", () => {
  it("turn nested cases into with", () => {
    const nested = `def f(x) do
      case a(x) do
        {:ok, b} ->
          case g(b) do
            {:ok, c} -> c
            {:error, e} -> {:error, e}
          end
        {:error, e} -> {:error, e}
      end
    end`;
    expect(kinds(nested)).toEqual(["nested-case-to-with 3"]);
    expect(kinds("def f(x) do\n case a(x) do\n {:ok, b} -> b\n :error -> nil\n end\nend")).toEqual(
      [],
    );
  });

  it("turn a case on an argument into clauses", () => {
    expect(kinds("def f(x) do\n case x do\n 1 -> 2\n _ -> 3\n end\nend")).toEqual([
      "case-to-clauses 3",
    ]);
    expect(kinds("def f(x) do\n case g(x) do\n 1 -> 2\n _ -> 3\n end\nend")).toEqual([]);
  });

  it("turn chains of if into cond", () => {
    expect(
      kinds(
        "def f(x) do\n if x > 1 do\n 1\n else\n if x > 2 do\n 2\n else\n if x > 3, do: 3\n end\n end\nend",
      ),
    ).toEqual(["if-chain-to-cond 3"]);
  });

  it("turn nested calls into pipes", () => {
    expect(kinds("def f(x), do: a(b(c(d(x))))")).toEqual(["calls-to-pipe 2"]);
    expect(kinds("def f(x), do: a(b(c(x)))")).toEqual([]);
    expect(kinds("def f(x), do: x |> a() |> b() |> c() |> d()")).toEqual([]);
  });

  it("take work out of init and split what is too big", () => {
    expect(kinds("use GenServer\ndef init(_) do\n {:ok, Shop.Repo.all(Ship)}\nend")).toEqual([
      "work-out-of-init 4",
    ]);
    const deep = "if x do\n".repeat(6) + "1\n" + "end\n".repeat(6);
    expect(kinds(`def f(x) do\n${deep}end`)).toEqual(["split-function 2"]);
    const long = "g(x)\n".repeat(40);
    expect(kinds(`def f(1), do: 1\ndef f(2), do: 2\ndef f(x) do\n${long}end`)).toEqual([
      "extract-clause 4",
    ]);
  });
});
