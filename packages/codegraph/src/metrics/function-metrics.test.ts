// Every expected number here was counted by hand from the rules at the top of the measure's file.

import { parse } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { buildCfg } from "../flow/cfg-build.ts";
import { fileSyntax } from "../module/file-syntax.ts";
import { functionMetrics, withCallers, type FunctionMetrics } from "./function-metrics.ts";
import { moduleMetrics, withFanIn } from "./module-metrics.ts";
import { stateUse } from "./state-complexity.ts";

function metricsOf(body: string, name = "f"): FunctionMetrics {
  const file = fileSyntax("lib/a.ex", parse(`defmodule A do\n${body}\nend`));
  for (const module of file.modules) {
    for (const fn of module.functions) {
      if (fn.data.name === name) return functionMetrics(fn, module, buildCfg(fn, module, file.ids));
    }
  }
  throw new Error(`no function ${name}`);
}

const cognitive = (body: string): number => metricsOf(body).cognitive;
const weight = (body: string): number => metricsOf(body).patternMatch;

describe("cognitive complexity", () => {
  it("adds the depth at which a construct stands", () => {
    // case 1, if 2, else 1
    expect(
      cognitive("def f(x) do\n case x do\n 1 -> if g(), do: 1, else: 2\n _ -> 3\n end\nend"),
    ).toBe(4);
    // for 1, case 2, if 3
    expect(
      cognitive("def f(x) do\n for a <- x do\n case a do\n 1 -> if(g(), do: 1)\n end\n end\nend"),
    ).toBe(6);
  });

  it("counts a run of like operators once", () => {
    expect(cognitive("def f(a, b, c), do: a && b && c")).toBe(1);
    expect(cognitive("def f(a, b, c), do: a && b and c")).toBe(1);
    expect(cognitive("def f(a, b, c, d), do: (a && b) || (c && d)")).toBe(3);
    expect(cognitive("def f(a, b) when a > 1 and b > 1, do: a")).toBe(1);
  });

  it("counts a cond as a chain of conditions", () => {
    expect(
      cognitive("def f(x) do\n cond do\n x > 1 -> 1\n x > 0 -> 2\n true -> 3\n end\nend"),
    ).toBe(3);
  });

  it("counts recursion once, and clauses and pipes not at all", () => {
    expect(cognitive("def f([]), do: 0\ndef f([h | t]), do: h + f(t) + f(t)")).toBe(1);
    expect(cognitive("def f(x), do: x |> g() |> h()")).toBe(0);
  });

  it("deepens in closures, and counts those with several clauses", () => {
    // if at depth 1
    expect(cognitive("def f(x), do: Enum.map(x, fn a -> if a, do: 1 end)")).toBe(2);
    // fn with two clauses
    expect(cognitive("def f(x), do: Enum.map(x, fn 1 -> 2\n a -> a\nend)")).toBe(1);
  });

  it("counts rescue and catch, not try and after", () => {
    // rescue 1, if inside it at depth 1: 2
    expect(cognitive("def f(x) do\n g(x)\nrescue\n _ -> if x, do: 1\nend")).toBe(3);
    // rescue at depth 0: 1
    expect(
      cognitive("def f(x) do\n try do\n g(x)\n rescue\n _ -> 1\n after\n h()\n end\nend"),
    ).toBe(1);
  });

  it("measures nesting", () => {
    expect(metricsOf("def f(x), do: x").nesting).toBe(0);
    expect(
      metricsOf("def f(x), do: if(x, do: Enum.map(x, fn a -> a && (case a do\n 1 -> 2\nend) end))")
        .nesting,
    ).toBe(3);
  });
});

describe("ABC", () => {
  it("counts assignments, calls and conditions", () => {
    // A: two =; B: g, h, Enum.map, &i/1; C: if, else, ==
    expect(
      metricsOf(
        "def f(x) do\n a = g(x)\n b = h(a)\n if a == b, do: Enum.map(a, &i/1), else: 2\nend",
      ).abc,
    ).toEqual({ assignments: 2, branches: 4, conditions: 3, size: 5.39 });
  });

  it("counts each clause and `<-`", () => {
    // A: one <-; B: g; C: with's else clauses 2, case's clauses 2
    expect(
      metricsOf(
        "def f(x) do\n with {:ok, a} <- g(x) do\n case a do\n 1 -> 2\n _ -> 3\n end\n else\n :e -> 1\n :f -> 2\n end\nend",
      ).abc,
    ).toEqual({ assignments: 1, branches: 1, conditions: 4, size: 4.24 });
  });
});

describe("Halstead", () => {
  it("counts operators and operands", () => {
    // operands x x y y 2: 5, distinct 3; operators + + g/1: 3, distinct 2
    // volume 8·log2(5) = 18.58, difficulty (2/2)·(5/3) = 1.67, effort 18.58·1.67 = 30.96
    expect(metricsOf("def f(x, y), do: x + g(y) + 2").halstead).toEqual({
      distinctOperators: 2,
      distinctOperands: 3,
      operators: 3,
      operands: 5,
      volume: 18.58,
      difficulty: 1.67,
      effort: 30.96,
    });
  });
});

describe("pattern-match complexity", () => {
  it("asks nothing for plain variables", () => {
    expect(weight("def f(a, _), do: a")).toBe(0);
  });

  it("counts brackets, literals, pins, depth, tests and clauses", () => {
    // {} 1, :ok 1
    expect(weight("def f({:ok, a}), do: a")).toBe(2);
    // {} 1, [] 1, literal 1, one level beyond the first 1
    expect(weight("def f({[1 | t], b}), do: {t, b}")).toBe(4);
    // %{} 1; keys cost nothing; value {} 1, second level 1
    expect(weight("def f(%{a: {b, c}}), do: {b, c}")).toBe(3);
    // guard with two tests, second clause 1
    expect(weight("def f(a) when a > 1 and a < 3, do: a\ndef f(a), do: a")).toBe(3);
    // = {} 1, :ok 1; case: pin 1, literal 1
    expect(weight("def f(a) do\n {:ok, b} = g(a)\n case b do\n ^a -> 1\n 2 -> 3\n end\nend")).toBe(
      4,
    );
  });

  it("sees no patterns in conditions", () => {
    expect(weight("def f(x) do\n cond do\n x > 1 -> 1\n true -> 2\n end\nend")).toBe(0);
  });
});

describe("state complexity", () => {
  const server = `
    use GenServer
    def init(_), do: {:ok, %{a: 1, b: 2, c: 3}}
    def handle_call(:get, _from, %{a: a} = state) do
      {:reply, {a, state.b}, %{state | c: 1}}
    end
    def handle_call({:put, v}, _from, state) do
      state = Map.put(state, :a, v)
      if Map.get(state, :b), do: {:noreply, state}, else: {:stop, :normal, :ok, state}
    end
    def f(state), do: state.a`;

  it("counts what callbacks read, write and answer", () => {
    // read a, b; written c, a; answers reply/3, noreply/2, stop/4
    expect(metricsOf(server, "handle_call").state).toBe(6);
    expect(metricsOf(server, "f").state).toBe(0);
  });

  it("knows assigns of LiveViews", () => {
    const file = fileSyntax(
      "a.ex",
      parse(
        "defmodule A do\n use Phoenix.LiveView\n def handle_event(_, _, socket) do\n {:noreply, socket |> assign(:n, socket.assigns.m + 1) |> assign(k: 1)}\n end\nend",
      ),
    );
    const module = file.modules[0];
    const fn = module?.functions[0];
    if (module === undefined || fn === undefined) throw new Error("no function");
    const use = stateUse(fn, module);
    expect([...(use?.read ?? [])]).toEqual(["m"]);
    expect([...(use?.written ?? [])].toSorted()).toEqual(["k", "n"]);
  });
});

describe("performance criticality", () => {
  it("is 0 without a reason and gives its reasons", () => {
    expect(metricsOf("def f(x), do: x").criticality).toBe(0);
    const { criticality, criticalityReasons } = metricsOf(
      "use GenServer\ndef handle_call(x, _, s) do\n for a <- x, do: Enum.map(a, fn b -> b end)\n {:reply, :ok, s}\nend",
      "handle_call",
    );
    expect(criticalityReasons.map(({ kind }) => kind)).toEqual(["callback", "loop", "nested_loop"]);
    // 1 − 0.7 · 0.85 · 0.75
    expect(criticality).toBe(0.554);
  });

  it("takes loops one after the other as not nested", () => {
    const { criticalityReasons } = metricsOf("def f(x), do: x |> Enum.map(&g/1) |> Enum.map(&h/1)");
    expect(criticalityReasons.map(({ text }) => text)).toEqual(["2 loops"]);
  });

  it("rises with callers", () => {
    const metrics = metricsOf("def f(x), do: x");
    expect(withCallers(metrics, 2)).toBe(metrics);
    expect(withCallers(metrics, 4).criticality).toBe(0.2);
    expect(withCallers(withCallers(metrics, 4), 6).criticality).toBe(0.3);
  });
});

describe("metrics of modules", () => {
  it("count lines, functions, documentation and the modules around", () => {
    const text = `defmodule A do
  # a comment
  @moduledoc "A"
  @doc "f"
  @spec f(integer()) :: integer()
  def f(x), do: B.g(x)
  defp h(x), do: Enum.map(x, &B.k/1)
end

defmodule B do
  def g(x), do: x
end`;
    const file = fileSyntax("lib/a.ex", parse(text));
    const modules = file.modules.map(({ data }) => data);
    expect(withFanIn(moduleMetrics(file), modules)).toEqual([
      {
        module: "A",
        lines: 8,
        commentLines: 1,
        functions: 2,
        publicFunctions: 1,
        documented: 1,
        specified: 1,
        fanOut: 2,
        fanIn: 0,
      },
      {
        module: "B",
        lines: 3,
        commentLines: 0,
        functions: 1,
        publicFunctions: 1,
        documented: 0,
        specified: 0,
        fanOut: 0,
        fanIn: 1,
      },
    ]);
  });
});

it("measures a list of more elements than a call takes arguments", () => {
  const { halstead } = metricsOf(`def f(x), do: [${"x, ".repeat(150_000)}x]`);
  expect(halstead.volume).toBeGreaterThan(150_000);
});
