import { parse } from "@elixirscope/syntax";
import { describe, expect, test } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { buildCfg } from "./cfg-build.ts";
import { buildDfg } from "./dfg-build.ts";
import { AccessPaths } from "./interprocedural-access.ts";
import { FlowSummaries } from "./interprocedural-summaries.ts";
import { linkFlows, type ProgramFlow } from "./interprocedural.ts";

function program(code: string): ProgramFlow {
  const file = fileSyntax("m.ex", parse(code));
  const functions = file.modules.flatMap((module) =>
    module.functions.map((fn) => ({
      data: fn.data,
      dfg: buildDfg(fn, module, buildCfg(fn, module, file.ids), file.ids),
    })),
  );
  const byKey = new Map(functions.map(({ data }) => [data.key, data]));
  return linkFlows(
    functions.map(({ dfg }) => dfg),
    (key) => byKey.get(key),
  );
}

/** `0{1} → .a`: what is at {1} of parameter 0 is at .a of the result; `~` where a call remade it. */
function summary(code: string, key: string): readonly string[] {
  const flow = program(code);
  const fn = flow.functionNumber(key);
  expect(fn).toBeDefined();
  return new FlowSummaries(flow)
    .of(fn ?? -1)
    .map(({ parameter, from, to, exact }) =>
      `${parameter}${from ?? ""} → ${exact ? "" : "~"}${to ?? ""}`.trim(),
    )
    .toSorted();
}

describe("summaries", () => {
  test("which part of which parameter is where in the result", () => {
    const code = "defmodule M do\n  def f({a, _}, %{k: b}, c), do: {b, %{x: a}, c}\nend";
    expect(summary(code, "M.f/3")).toEqual(["0{0} → {1}.x", "1.k → {0}", "2 → {2}"]);
  });

  test("through calls of the project, and of others as a whole", () => {
    const code = `defmodule M do
      def f(a, b, c), do: {second(a, b), Other.run(c)}
      defp second(_x, y), do: [y]
    end`;
    expect(summary(code, "M.f/3")).toEqual(["1 → {0}[0]", "2 → ~{1}"]);
  });

  test("through recursion", () => {
    const code = `defmodule M do
      def f([], acc), do: acc
      def f([x | rest], acc), do: f(rest, {x, acc})
    end`;
    expect(summary(code, "M.f/2")).toContain("1 →");
    expect(summary(code, "M.f/2")).toContain("0[0] → {0}");
  });

  test("defaults fill the parameters that are left out", () => {
    const code = `defmodule M do
      def f(a, b), do: g(a, b)
      def g(x, y \\\\ 1, z, w \\\\ 2), do: {x, y, z, w}
    end`;
    expect(summary(code, "M.f/2")).toEqual(["0 → {0}", "1 → {2}"]);
  });

  test("apply takes its arguments from a list", () => {
    const code = `defmodule M do
      def f(a, b), do: apply(M, :g, [a, b])
      def g(x, y), do: {y, x}
    end`;
    expect(summary(code, "M.f/2")).toEqual(["0 → {1}", "1 → {0}"]);
  });

  test("a delegate passes on", () => {
    const code = `defmodule M do
      defdelegate f(a, b), to: N
    end
    defmodule N do
      def f(x, _), do: [x]
    end`;
    expect(summary(code, "M.f/2")).toEqual(["0 → [0]"]);
  });

  test("a captured function of the project is called where it is passed", () => {
    const code = `defmodule M do
      def f(list, other), do: Enum.map(list, &g(&1, other))
      def g(_x, y), do: {:seen, y}
    end`;
    expect(summary(code, "M.f/2")).toContain("1 → ~");
  });
});

test("a project's definitions have one row of numbers", () => {
  const flow = program("defmodule M do\n  def f(a), do: g(a)\n  def g(b), do: b\nend");
  const parameter = flow.functions[1]?.parameters[0] ?? -1;
  expect(flow.functionOf(parameter)).toBe(1);
  expect(flow.definition("M.g/1", 0)).toBe(parameter);
  expect(flow.place(parameter)).toMatchObject({ function: "M.g/1", kind: "argument", line: 3 });
  expect(flow.callersOf(1).map(({ target }) => target)).toEqual(["M.g/1"]);
  expect(flow.callsAt(flow.callersOf(1)[0]?.definition ?? -1)).toHaveLength(1);
});

describe("paths into values", () => {
  const paths = new AccessPaths();
  const taken = (path: string, selectors: string): string | null =>
    paths.taken(paths.within(path, paths.whole), selectors)?.text ?? null;

  test.each([
    ["{0}.a", "{0}", ".a"],
    ["{0}.a", "{1}", null],
    [".a", '["a"]', null],
    [".a{1}", "[_]", "{1}"],
    ["[1]", "[1..]", "[0]"],
    ["[0]", "[1..]", null],
    ["[1..][2]", "[3]", ""],
    ["[1..]", "[0]", null],
    ["[*].k", "[3]", ".k"],
    // an element of a map or a keyword list is a pair
    [".a", "[*]{1}", ""],
    [".a", "[*]{0}", null],
    ["[*]{1}{0}", ".k", "{0}"],
    ["<<1>>", "<<0>>", ""],
    [".a", "…", ""],
  ])("of what is at %s the part %s has %s", (path, selectors, left) => {
    expect(taken(path, selectors)).toBe(left);
  });

  test("long paths are cut and mean all below", () => {
    const path = paths.within("{0}{1}{2}{3}", paths.whole);
    expect(path.text).toBe("{0}{1}{2}");
    expect(paths.taken(path, "{0}{1}{2}{5}")?.text).toBe("");
  });
});
