import type { Cfg, CfgEdgeKind, CfgNodeKind } from "@elixirscope/codegraph";
import { expect, it } from "vitest";
import { blockFrequencies, LOOP } from "./block-frequency.ts";

type Arrow = readonly [from: number, kind: CfgEdgeKind, to: number];

function graph(kinds: readonly CfgNodeKind[], arrows: readonly Arrow[]): Cfg {
  const nodes = kinds.map((kind) => ({
    kind,
    nodeId: null,
    line: 1,
    column: 1,
    start: 0,
    end: 0,
    label: kind,
    clause: 0,
  }));
  return {
    function: "M.f/0",
    range: { line: 1, column: 1, endLine: 1, endColumn: 1, start: 0, end: 0 },
    nodes,
    edges: arrows.map(([from, kind, to]) => ({ from, to, kind, error: null })),
    entry: 0,
    exit: kinds.length - 1,
    errorExit: kinds.length - 1,
    closures: [],
  };
}

it("splits evenly at a branch and joins again", () => {
  const cfg = graph(
    ["entry", "branch", "expression", "expression", "join", "exit"],
    [
      [0, "next", 1],
      [1, "true", 2],
      [1, "false", 3],
      [2, "next", 4],
      [3, "next", 4],
      [4, "next", 5],
    ],
  );
  expect([...blockFrequencies(cfg)]).toEqual([1, 1, 0.5, 0.5, 1, 1]);
});

it("runs the body of a comprehension for each element and what follows once", () => {
  const cfg = graph(
    ["entry", "generator", "expression", "join", "exit"],
    [
      [0, "next", 1],
      [1, "match", 2],
      [2, "loop", 1],
      [1, "done", 3],
      [3, "next", 4],
    ],
  );
  expect([...blockFrequencies(cfg)]).toEqual([1, 1, LOOP, 1, 1]);
});

it("takes exceptions as rare", () => {
  const cfg = graph(
    ["entry", "call", "expression", "exit"],
    [
      [0, "next", 1],
      [1, "next", 3],
      [1, "exception", 2],
    ],
  );
  const frequencies = blockFrequencies(cfg);
  expect(frequencies[2]).toBeCloseTo(0.01 / 1.01);
  expect(frequencies[3]).toBeCloseTo(1 / 1.01);
});
