// Whatever the text: every function that is found has a graph, and the graph is one.

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { graphs } from "../../testing/control-flow.ts";
import type { Cfg } from "./cfg.ts";

const folder = new URL("../../../../fixtures/codegraph/flow/", import.meta.url);
const sources = ["branches.ex", "failures.ex", "loops.ex", "terms.ex"].map((name) =>
  readFileSync(new URL(name, folder), "utf8"),
);

/** What is wrong with a graph, or nothing. */
function faults(cfg: Cfg): readonly string[] {
  const found: string[] = [];
  const ends = new Set([cfg.exit, cfg.errorExit]);
  const goesOn = new Set(cfg.edges.map(({ from }) => from));
  for (const { from, to, kind } of cfg.edges) {
    if (cfg.nodes[from] === undefined || cfg.nodes[to] === undefined) found.push("a loose edge");
    if (ends.has(from)) found.push("an edge out of an exit");
    if (to === cfg.entry) found.push("an edge into the entry");
    if (kind === "closure") found.push("an edge into another graph");
  }
  cfg.nodes.forEach(({ kind, start, end }, index) => {
    if (!goesOn.has(index) && !ends.has(index) && kind !== "suspend") {
      found.push(`${kind} leads nowhere`);
    }
    if (start < 0 || end < start) found.push(`${kind} is nowhere in the text`);
  });
  for (const { at, cfg: inner } of cfg.closures) {
    if (cfg.nodes[at]?.kind !== "closure") found.push("a closure that nothing makes");
    found.push(...faults(inner));
  }
  return found;
}

describe("any text", () => {
  it("gives sound graphs: the text of whole programs", () => {
    const all = sources.flatMap((source) => graphs(source));
    expect(all.length).toBeGreaterThan(30);
    expect(all.flatMap(faults)).toEqual([]);
  });

  it("gives sound graphs: text with parts taken out, doubled or put elsewhere", () => {
    const pieces = fc.constantFrom(
      "do",
      "end",
      "->",
      "fn",
      "(",
      "]",
      "when",
      "<-",
      "\n",
      "&1",
      "%{",
      "after",
    );
    const edits = fc.array(
      fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(12), piece: pieces }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...sources), edits, (source, changes) => {
        let text = source;
        for (const { at, cut, piece } of changes) {
          const place = Math.floor(at * text.length);
          text = `${text.slice(0, place)} ${piece} ${text.slice(place + cut)}`;
        }
        expect(graphs(text).flatMap(faults)).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });
});

it("leads a call of a function without clauses to its error exit", () => {
  for (const code of ["def f(x)", "def f(x, y \\\\ 1 + 2)", "def p <- text"]) {
    const [cfg, ...others] = graphs(code);
    expect(others).toEqual([]);
    expect(cfg === undefined ? ["no graph"] : faults(cfg)).toEqual([]);
    expect(cfg?.edges.map(({ to }) => to)).toContain(cfg?.errorExit);
  }
});

it("takes a guard with more values than a call takes arguments", () => {
  const values = "1, ".repeat(150_000);
  const [cfg] = graphs(`def f(x) when x in [${values}2], do: x`);
  expect(cfg === undefined ? ["no graph"] : faults(cfg)).toEqual([]);
});
