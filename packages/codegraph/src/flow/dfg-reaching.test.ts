import { parse } from "@elixirscope/syntax";
import { expect, test } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { buildCfg } from "./cfg-build.ts";
import type { Cfg } from "./cfg.ts";
import { buildDfg } from "./dfg-build.ts";
import { closureCfg } from "./dfg-places.ts";
import { BitRows, liveDefinitions, reachingDefinitions } from "./dfg-reaching.ts";
import type { Dfg } from "./dfg.ts";

function graphs(code: string): { readonly dfg: Dfg; readonly cfg: Cfg } {
  const file = fileSyntax("m.ex", parse(`defmodule M do\n${code}\nend\n`));
  const [module] = file.modules;
  const [fn] = module?.functions ?? [];
  if (module === undefined || fn === undefined) throw new Error("no function");
  const cfg = buildCfg(fn, module, file.ids);
  return { dfg: buildDfg(fn, module, cfg, file.ids), cfg };
}

type At = (node: number) => readonly number[];

/** Names with versions that an analysis answers for the node that is labelled so. */
function namesAt(dfg: Dfg, cfg: Cfg, label: string, at: At): readonly string[] {
  const node = cfg.nodes.findIndex((candidate) => candidate.label === label);
  expect(node).toBeGreaterThanOrEqual(0);
  return at(node).flatMap((index) => {
    const { name, version } = dfg.definitions[index] ?? { name: null, version: 0 };
    return name === null ? [] : [`${name}.${version}`];
  });
}

const CODE = `def f(a) do
  x = one(a)
  y = if a do
    x = two(x)
    three(x)
  else
    four(a)
  end
  five(x, y)
end`;

test("a branch's bindings are visible in the branch and not behind it", () => {
  const { dfg, cfg } = graphs(CODE);
  const reaching = reachingDefinitions(dfg, cfg);
  expect(namesAt(dfg, cfg, "one(a)", reaching)).toEqual(["a.0"]);
  expect(namesAt(dfg, cfg, "two(x)", reaching)).toEqual(["a.0", "x.0"]);
  expect(namesAt(dfg, cfg, "three(x)", reaching)).toEqual(["a.0", "x.1"]);
  expect(namesAt(dfg, cfg, "four(a)", reaching)).toEqual(["a.0", "x.0"]);
  expect(namesAt(dfg, cfg, "five(x, y)", reaching)).toEqual(["a.0", "x.0", "y.0"]);
});

test("live is what is still read", () => {
  const { dfg, cfg } = graphs(CODE);
  const live = liveDefinitions(dfg, cfg);
  expect(namesAt(dfg, cfg, "one(a)", live)).toEqual(["a.0"]);
  expect(namesAt(dfg, cfg, "two(x)", live)).toEqual(["x.0"]);
  expect(namesAt(dfg, cfg, "three(x)", live)).toEqual(["x.0", "x.1"]);
  expect(namesAt(dfg, cfg, "four(a)", live)).toEqual(["a.0", "x.0"]);
  expect(namesAt(dfg, cfg, "five(x, y)", live)).toEqual(["x.0", "y.0"]);
});

test("a round of a loop does not see what the last one bound", () => {
  const { dfg, cfg } = graphs("def f(l) do\n  for x <- l, y = g(x), z <- h(y), do: k(z)\nend");
  const reaching = reachingDefinitions(dfg, cfg);
  expect(namesAt(dfg, cfg, "x <- l", reaching)).toEqual(["l.0"]);
  expect(namesAt(dfg, cfg, "h(y)", reaching)).toEqual(["l.0", "x.0", "y.0"]);
  expect(namesAt(dfg, cfg, "k(z)", reaching)).toEqual(["l.0", "x.0", "y.0", "z.0"]);
});

test("a closure has a graph of its own, and what it captures is live where it is made", () => {
  const { dfg, cfg } = graphs("def f(a, b) do\n  c = one(a)\n  fn x -> two(x, b) end\nend");
  const inner = closureCfg(cfg, dfg, 0);
  expect(inner).not.toBeNull();
  if (inner === null) return;
  expect(namesAt(dfg, inner, "two(x, b)", reachingDefinitions(dfg, inner, 0))).toEqual([
    "x.0",
    "b.0",
  ]);
  expect(namesAt(dfg, cfg, "fn x -> two(x, b) end", liveDefinitions(dfg, cfg))).toEqual(["b.0"]);
});

test("rows of bits", () => {
  const rows = new BitRows(3, 70);
  rows.add(0, 1);
  rows.add(0, 69);
  rows.add(2, 69);
  expect(rows.merge(0, 1, { rows, row: 2 })).toBe(true);
  expect([...rows.bits(1)]).toEqual([1]);
  expect(rows.merge(0, 1, { rows, row: 2 })).toBe(false);
  expect(rows.merge(0, 1)).toBe(true);
  expect([...rows.bits(1)]).toEqual([1, 69]);
});
