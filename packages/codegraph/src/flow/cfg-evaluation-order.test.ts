// Orders of evaluation that Elixir 1.14, 1.18 and 1.20 were seen to take (fixtures, with the program that
// printed them): each must be a path of the graph, from the entry to the exit that was taken.

import { readFileSync } from "node:fs";
import { type ElixirVersion, parse } from "@elixirscope/syntax";
import { describe, expect, it } from "vitest";
import { fileSyntax } from "../module/file-syntax.ts";
import { buildCfg } from "./cfg-build.ts";
import type { Cfg } from "./cfg.ts";

const folder = new URL("../../../../fixtures/codegraph/evaluation-order/", import.meta.url);
const text = readFileSync(new URL("program.exs", folder), "utf8");
const program = fileSyntax("program.exs", parse(text));

/** The graph of each `observe("name", fn -> … end)`. */
function observedGraphs(elixir: ElixirVersion): ReadonlyMap<string, Cfg> {
  const module = program.modules.find(({ data }) => data.name === "Program");
  const run = module?.functions.find(({ data }) => data.name === "run");
  if (module === undefined || run === undefined) throw new Error("no Program.run/0");
  const cfg = buildCfg(run, module, program.ids, { elixir });
  const graphs = new Map<string, Cfg>();
  for (const { at, cfg: closure } of cfg.closures) {
    const next = cfg.edges.find(({ from }) => from === at);
    const name = /^observe\(\s*"([^"]+)"/.exec(cfg.nodes[next?.to ?? 0]?.label ?? "")?.[1];
    if (name !== undefined) graphs.set(name, closure);
  }
  return graphs;
}

/** `a` of `step(:a, …)` and `step({:a, …}, …)`; null for nodes that are not that call. */
function stepOf(cfg: Cfg, index: number): string | null {
  const node = cfg.nodes[index];
  if (node?.kind !== "call" || node.start === node.end) return null;
  const call = text.slice(node.start, node.end).replace(/^\((.*)\)$/s, "$1");
  const name = /^step\(\{?:(\w+)/.exec(call)?.[1] ?? null;
  let depth = 0;
  for (let at = 0; at < call.length; at += 1) {
    if (call[at] === "(") depth += 1;
    else if (call[at] === ")") depth -= 1;
    if (call[at] === ")" && depth === 0) return at === call.length - 1 ? name : null;
  }
  return null;
}

/** Where the graph can be after these steps, and after what does not show. */
function after(cfg: Cfg, steps: readonly string[]): ReadonlySet<number> {
  let at = new Set([cfg.entry]);
  for (const step of [...steps, null]) {
    const reached = new Set<number>();
    const silent = new Set(at);
    for (const node of silent) {
      for (const { from, to } of cfg.edges) {
        if (from !== node) continue;
        const here = stepOf(cfg, to);
        if (here === null) silent.add(to);
        else if (here === step) reached.add(to);
      }
    }
    at = step === null ? silent : reached;
  }
  return at;
}

describe.each(["1.14", "1.18", "1.20"] as const)("orders seen on Elixir %s", (elixir) => {
  const lines = readFileSync(new URL(`${elixir}.txt`, folder), "utf8")
    .trimEnd()
    .split("\n");
  const graphs = observedGraphs(elixir);

  it("were seen of every expression of the program", () => {
    expect(lines.map((line) => line.split("\t")[0])).toEqual([...graphs.keys()]);
  });

  it("are paths of the graphs", () => {
    const missing = lines.filter((line) => {
      const [name = "", steps = "", outcome] = line.split("\t");
      const cfg = graphs.get(name);
      if (cfg === undefined) return true;
      const reached = after(cfg, steps === "" ? [] : steps.split(" "));
      return !reached.has(outcome === "returned" ? cfg.exit : cfg.errorExit);
    });
    expect(missing).toEqual([]);
  });
});
