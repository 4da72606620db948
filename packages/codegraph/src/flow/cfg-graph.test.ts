// What follows from a graph's shape: code that is never reached, loops, paths, what decides over what.

import { describe, expect, it } from "vitest";
import { graph } from "../../testing/control-flow.ts";
import {
  cfgControlDependences,
  cfgDominators,
  cfgLoops,
  cfgPaths,
  cfgPostDominators,
  unreachableNodes,
} from "./cfg-graph.ts";
import type { Cfg } from "./cfg.ts";

const named = (cfg: Cfg, index: number | undefined): string => {
  const node = index === undefined ? undefined : cfg.nodes[index];
  return node === undefined ? "nothing" : `${node.kind} ${node.label}`;
};

const at = (cfg: Cfg, name: string): number =>
  cfg.nodes.findIndex((_, index) => named(cfg, index) === name);

const TWO_WAYS = "def f(a, b) do\n if g(a) do\n h(a)\n else\n b\n end\n i(b)\nend";

function unreachable(code: string): string[] {
  const cfg = graph(code);
  return unreachableNodes(cfg).map((index) => named(cfg, index));
}

describe("unreachable code", () => {
  it("is behind a clause that takes everything, and behind a raise", () => {
    expect(unreachable("def f(x), do: x\ndef f(1), do: 2")).toEqual(["pattern 1", "expression 2"]);
    expect(unreachable('def f do\n raise "no"\n g()\nend')).toEqual(["call g()"]);
    expect(unreachable("def f(a) do\n if true, do: a, else: g(a)\nend")).toEqual(["call g(a)"]);
  });

  it("is a rescue of what cannot raise", () => {
    expect(unreachable("def f(a) do\n a\nrescue\n _ -> g()\nend")).toEqual([
      "pattern _",
      "call g()",
    ]);
  });

  it("is not the copy of an after that no exception comes to", () => {
    expect(unreachable("def f(a) do\n a\nafter\n g()\nend")).toEqual([]);
    expect(unreachable('def f do\n raise "no"\nafter\n g()\nend')).toEqual([]);
  });
});

describe("dominators of a function", () => {
  it("are what has happened on every way", () => {
    const cfg = graph(TWO_WAYS);
    const { idom } = cfgDominators(cfg);
    expect(named(cfg, idom[at(cfg, "call i(b)")])).toBe("join if");
    expect(named(cfg, idom[at(cfg, "join if")])).toBe("branch g(a)");
    expect(named(cfg, idom[cfg.errorExit])).toBe("call g(a)");
  });

  it("after: over all edges little is certain, for returning calls what follows is", () => {
    const cfg = graph(TWO_WAYS);
    const branch = at(cfg, "branch g(a)");
    expect(cfgPostDominators(cfg).idom[branch]).toBe(cfg.nodes.length);
    const returning = cfgPostDominators(cfg, "returning");
    expect(named(cfg, returning.idom[branch])).toBe("join if");
    expect(named(cfg, returning.idom[at(cfg, "call i(b)")])).toBe("exit exit");
  });
});

function decided(code: string): string[] {
  const cfg = graph(code);
  return cfgControlDependences(cfg).map(
    ({ from, to, edge }) =>
      `${named(cfg, from)} -${cfg.edges[edge]?.kind ?? ""}-> ${named(cfg, to)}`,
  );
}

describe("control dependences", () => {
  it("name the branch and the way", () => {
    expect(decided(TWO_WAYS)).toEqual([
      "branch g(a) -true-> call h(a)",
      "branch g(a) -false-> expression b",
    ]);
  });

  it("a loop decides over its next round", () => {
    expect(decided("def f(a), do: for(x <- a, do: x)")).toEqual([
      "generator x <- a -next-> pattern x",
      "generator x <- a -next-> expression x",
      "generator x <- a -next-> generator x <- a",
    ]);
  });

  it("a rescue depends on what may raise", () => {
    expect(decided("def f(a) do\n g(a)\nrescue\n e in KeyError -> e\nend")).toEqual([
      "call g(a) -exception-> dispatch rescue",
      "call g(a) -exception-> pattern e in KeyError",
      "call g(a) -next-> join try",
      "call g(a) -next-> exit exit",
      "pattern e in KeyError -match-> expression e",
      "pattern e in KeyError -match-> join try",
      "pattern e in KeyError -match-> exit exit",
      "pattern e in KeyError -no_match-> no_match reraise",
      "pattern e in KeyError -no_match-> error_exit error exit",
    ]);
  });
});

describe("loops of a function", () => {
  it("are its comprehensions and the scan of a mailbox", () => {
    const cfg = graph(`
      def f(a) do
        for x <- a, y <- x, do: g(y)
        receive do
          {:ok, z} -> z
        end
      end
    `);
    const { loops } = cfgLoops(cfg);
    expect(new Map(loops.map(({ header, depth }) => [named(cfg, header), depth]))).toEqual(
      new Map([
        ["generator x <- a", 1],
        ["generator y <- x", 2],
        ["suspend wait for a message", 1],
      ]),
    );
  });
});

function ways(code: string, maxVisits: number): string[] {
  const cfg = graph(code);
  return [...cfgPaths(cfg, { maxVisits })].map((path) =>
    path.map((edge) => cfg.edges[edge]?.kind ?? "").join(" "),
  );
}

describe("paths of a function", () => {
  it("lead to either exit", () => {
    expect(ways("def f(0), do: 1\ndef f(x) when x > 0, do: g(x)", 1)).toEqual([
      "next match next",
      "next no_match match true exception",
      "next no_match match true next",
      "next no_match match guard_fail exception",
    ]);
  });

  it("go round loops as often as asked", () => {
    const loop = "def f(a), do: for(x <- [a], do: x)";
    expect(ways(loop, 1)).toEqual(["next match next done next"]);
    expect(ways(loop, 2)).toEqual([
      "next match next next match loop done next",
      "next match next done next",
    ]);
  });
});

describe("nodes", () => {
  it("say where they are in the text", () => {
    const cfg = graph("def f(a) do\n  case g(a) do\n    {:ok, x} ->\n      h(x)\n  end\nend");
    const places = cfg.nodes.map(
      (node) => `${named(cfg, cfg.nodes.indexOf(node))} ${node.line}:${node.column}`,
    );
    expect(places).toEqual([
      "entry entry 2:1",
      "exit exit 0:0",
      "error_exit error exit 0:0",
      "pattern a 2:7",
      "call g(a) 3:8",
      "dispatch case 3:3",
      "pattern {:ok, x} 4:5",
      "call h(x) 5:7",
      "no_match CaseClauseError 3:3",
      "join case 3:3",
    ]);
    expect(cfg.nodes.slice(3).every(({ nodeId }) => nodeId?.startsWith("M.f/1@") === true)).toBe(
      true,
    );
    const call = cfg.nodes[at(cfg, "call h(x)")];
    expect(call?.clause).toBe(0);
    expect((call?.end ?? 0) - (call?.start ?? 0)).toBe("h(x)".length);
  });
});
