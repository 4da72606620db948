// 10,000 levels of nesting: nothing here may recurse on the depth of its input.

import { describe, expect, it } from "vitest";
import { graph } from "../../testing/control-flow.ts";
import {
  cfgControlDependences,
  cfgDominators,
  cfgLoops,
  cfgPostDominators,
  unreachableNodes,
} from "./cfg-graph.ts";

const DEPTH = 10_000;

const nested = (open: string, middle: string, close: string): string =>
  open.repeat(DEPTH) + middle + close.repeat(DEPTH);

describe("10,000 levels of", () => {
  it.each([
    ["calls", nested("g(", "a", ")"), DEPTH],
    ["ifs", nested("if a, do: (", "a", ")"), 2 * DEPTH],
    ["cases", nested("case a do x -> ", "a", " end"), 3 * DEPTH],
    ["trys", nested("try do ", "g()", " rescue _ -> 1 end"), 6 * DEPTH],
    ["afters", nested("try do g() after ", "g()", " end"), 10 * DEPTH],
    ["receives", nested("receive do x -> ", "a", " end"), 4 * DEPTH],
    ["comprehensions", nested("for x <- a do ", "x", " end"), 4 * DEPTH],
    ["unknown macros", nested("unknown do ", "a", " end"), 2 * DEPTH],
    ["pipes", `a${" |> g()".repeat(DEPTH)}`, DEPTH],
    ["operators", `a${" + a".repeat(DEPTH)}`, DEPTH],
    ["ands", nested("(a && ", "b", ")"), DEPTH],
    ["lists", nested("[", "a", "]"), 1],
    ["closures", nested("fn -> ", "a", " end"), 1],
    ["patterns", `case a do ${nested("[", "x", "]")} -> 1 end`, 2],
    ["guards", `case a do x when is_nil(x)${" or is_nil(x)".repeat(DEPTH)} -> 1 end`, DEPTH],
  ])("%s", { timeout: 60_000 }, (_, code, nodes) => {
    const cfg = graph(`def f(a, b), do: (${code})`);
    expect(cfg.nodes.length).toBeGreaterThanOrEqual(nodes);
    const { dominates } = cfgDominators(cfg);
    expect(cfg.nodes.every((_node, node) => !dominates(node, cfg.entry) || node === 0)).toBe(true);
    expect(cfgPostDominators(cfg).virtualExit).toBe(cfg.nodes.length);
    expect(cfgLoops(cfg).irreducible).toEqual([]);
    const branches = new Set(cfg.edges.map(({ from }) => from));
    expect(cfgControlDependences(cfg).filter(({ from }) => !branches.has(from))).toEqual([]);
    expect(unreachableNodes(cfg)).toEqual([]);
  });
});
