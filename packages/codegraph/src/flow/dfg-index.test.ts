import { parse } from "@elixirscope/syntax";
import { expect, test } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { buildCfg } from "./cfg-build.ts";
import type { Cfg } from "./cfg.ts";
import { buildDfg } from "./dfg-build.ts";
import { controllers } from "./dfg-control.ts";
import { backwardSlice, DfgIndex, flowPath, forwardSlice } from "./dfg-index.ts";
import type { Dfg } from "./dfg.ts";

function indexOf(code: string): DfgIndex {
  return new DfgIndex(graphs(code).dfg);
}

function graphs(code: string): { readonly dfg: Dfg; readonly cfg: Cfg } {
  const file = fileSyntax("m.ex", parse(`defmodule M do\n${code}\nend\n`));
  const [module] = file.modules;
  const [fn] = module?.functions ?? [];
  if (module === undefined || fn === undefined) throw new Error("no function");
  const cfg = buildCfg(fn, module, file.ids);
  return { cfg, dfg: buildDfg(fn, module, cfg, file.ids) };
}

/** The definition of `x.1`: version 1 of x. */
function find({ dfg }: DfgIndex, text: string): number {
  const [name = "", version = "0"] = text.split(".");
  return dfg.definitions.findIndex(
    (definition) =>
      definition.name === name &&
      definition.version === Number(version) &&
      definition.kind !== "capture",
  );
}

function names(index: DfgIndex, slice: Iterable<number>): readonly string[] {
  const found = [...slice].flatMap((at) => {
    const { name, version, kind } = index.dfg.definitions[at] ?? { name: null, version: 0 };
    return name === null || kind === "capture" ? [] : [`${name}.${version}`];
  });
  return found.toSorted();
}

test("a binding's uses are found, also those in closures", () => {
  const index = indexOf("def f(a) do\n  b = a\n  fn -> fn -> {a, b} end end\nend");
  const lines = (name: string): readonly number[] =>
    index.usesOf(find(index, name)).map((use) => use.line);
  expect(lines("a")).toEqual([3, 4]);
  expect(lines("b")).toEqual([4]);
});

test("a use tells its definition", () => {
  const code = "def f(a) do\n  a = a + 1\n  fn -> a end\nend";
  const index = indexOf(code);
  const offset = "defmodule M do\n".length + code.lastIndexOf("a end");
  const use = index.useAt(offset);
  expect(use).not.toBeNull();
  expect(index.binding(use?.definition ?? -1)).toBe(find(index, "a.1"));
  expect(index.useAt(3)).toBeNull();
});

test("unused bindings are those that Elixir warns of", () => {
  const index = indexOf(
    "def f(a, b, _c, {d, d}) do\n  e = a\n  e = b\n  case e do\n    {:ok, g} -> 1\n    h when h > 1 -> 2\n  end\n  i = 1\nend",
  );
  expect(index.unusedBindings().map(({ name, version }) => `${name}.${version}`)).toEqual([
    "e.0",
    "g.0",
    "i.0",
  ]);
});

test("slices follow values, and what decides when asked", () => {
  const index = indexOf(
    "def f(a, b, c) do\n  x = {a, 1}\n  {y, _} = x\n  if b, do: y, else: c\nend",
  );
  const result = [index.dfg.result];
  expect(names(index, backwardSlice(index, result))).toEqual(["a.0", "c.0", "x.0", "y.0"]);
  expect(names(index, backwardSlice(index, result, { conditions: true }))).toContain("b.0");
  expect(names(index, forwardSlice(index, [find(index, "a")]))).toEqual(["a.0", "x.0", "y.0"]);
});

test("what decides whether something is evaluated comes from the control-flow graph", () => {
  const { dfg, cfg } = graphs(
    "def f(a, b, c) do\n  x = one(a)\n  y = if b do\n    case c do\n      {:ok, z} when z > 1 -> two(x)\n      _ -> three()\n    end\n  end\n  four(y)\nend",
  );
  const control = controllers(dfg, cfg);
  const index = new DfgIndex(dfg);
  const deciding = (line: number): readonly string[] => {
    const at = dfg.definitions.findIndex((each) => each.kind === "value" && each.line === line);
    return [...new Set(names(index, control(at)))];
  };
  expect(deciding(3)).toEqual([]);
  expect(deciding(6)).toEqual(["b.0", "c.0", "z.0"]);
  expect(deciding(7)).toEqual(["b.0", "c.0", "z.0"]);
  expect(deciding(10)).toEqual([]);
});

test("a slice takes control dependence as it is given", () => {
  const index = indexOf("def f(a, b) do\n  x = b\n  x\nend");
  const x = find(index, "x");
  const a = find(index, "a");
  const control = (at: number): readonly number[] => (at === x ? [a] : []);
  expect(names(index, backwardSlice(index, [x], { control }))).toEqual(["a.0", "b.0", "x.0"]);
  expect(names(index, forwardSlice(index, [a], { control }))).toEqual(["a.0", "x.0"]);
});

test("a path is the flows of a shortest way", () => {
  const index = indexOf("def f(a) do\n  g = fn x -> {x, 1} end\n  {y, _} = g.(a)\n  y\nend");
  const path = flowPath(index, find(index, "a"), find(index, "y"), {
    without: new Set(["argument"] as const),
  });
  expect(path?.map(({ kind }) => kind)).toEqual([
    "call_argument",
    "copy",
    "construct",
    "return",
    "call_return",
    "component",
  ]);
  expect(flowPath(index, find(index, "y"), find(index, "a"))).toBeNull();
});
