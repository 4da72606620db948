// The graphs against what really happens: generated programs are compiled by Elixir, probed by a program
// that knows nothing of the graphs, run on generated inputs, and what was executed must be in the graphs.
//
// ELIXIRSCOPE_FLOW_PROGRAMS is the number of programs (default 110), ELIXIRSCOPE_FLOW_SEED the first.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ElixirVersion } from "@elixirscope/syntax";
import { systemRelease } from "../support/beam-node.ts";
import {
  campaign,
  check,
  type Campaign,
  type Checked,
  type Failure,
  type Share,
} from "./campaign.ts";
import { makers, program } from "./generate/program.ts";
import { Observer, type Run } from "./observe.ts";

const PROGRAMS = Number(process.env["ELIXIRSCOPE_FLOW_PROGRAMS"] ?? 110);
const FIRST_SEED = Number(process.env["ELIXIRSCOPE_FLOW_SEED"] ?? 1);
const RUNS_OF_FUNCTION = 40;
/** one in so many programs is also checked with edges and flows taken away */
const MUTATED = 6;

const campaigns: Campaign[] = [];

describe.each(systemRelease())("generated programs on OTP $release", ({ release, root }) => {
  let done: Campaign;

  beforeAll(async () => {
    const elixir = root === undefined ? "elixir" : join(root, "bin/elixir");
    await using observer = await Observer.start(elixir);
    done = campaign(observer.version as ElixirVersion);
    campaigns.push(done);
    // the system's release carries most, the others their own programs
    const part = release === "system" ? 1 : 0.3;
    const first = FIRST_SEED + campaigns.length * 1_000_000;
    await checkAll(done, observer, [
      ...written(),
      ...Array.from({ length: Math.ceil(PROGRAMS * part) }, (_, index) => generated(first + index)),
    ]);
    report(done, first);
  }, 600_000);

  it("compile and run", () => {
    expect(done.lost).toBe(0);
    expect(done.refused).toBeLessThan(5 + done.programs * 0.05);
    expect(done.frames).toBeGreaterThan(done.programs * 50);
  });

  it("execute only paths of the control-flow graph, to the outcome that they had", () => {
    expect(shown(done.paths)).toBe("");
  });

  it("pass what dominates, end through what post-dominates, and run nothing unreachable", () => {
    expect(done.shapes).toBeGreaterThan(done.operations * 0.3);
    expect(done.unreachable).toBeGreaterThan(10);
    expect(shown(done.orders)).toBe("");
  });

  it("move values only along the data-flow graph, and read the bindings that the compiler reads", () => {
    expect(done.flows.tokens).toBeGreaterThan(done.operations * 0.3);
    expect(done.flows.untold).toBeLessThan(done.flows.tokens * 0.01);
    expect(shown(done.values)).toBe("");
  });
});

describe("what has been checked", () => {
  it("has taken every kind of edge", () => {
    const taken = total(({ edges }) => edges);
    const kinds = ["next", "true", "false", "match", "no_match", "guard_fail", "exception"];
    const others = ["timeout", "message", "loop", "skip", "done", "after"];
    for (const kind of [...kinds, ...others]) {
      expect([kind, (taken.get(kind)?.some ?? 0) > 0]).toEqual([kind, true]);
    }
    for (const kind of taken.keys()) expect([...kinds, ...others]).toContain(kind);
  });

  it("has executed every construct that programs are made of", () => {
    const executed = new Map<string, number>();
    for (const { constructs } of campaigns) {
      for (const [name, times] of constructs) executed.set(name, (executed.get(name) ?? 0) + times);
    }
    const names = [...makers.expressions, ...makers.tests, ...makers.statements];
    for (const { name } of names) if (name !== null && !executed.has(name)) executed.set(name, 0);
    const missing = [...executed].filter(([, times]) => times === 0).map(([name]) => name);
    // a short campaign leaves some out by chance
    expect(PROGRAMS < 100 ? missing.slice(10) : missing).toEqual([]);
  });

  it("would be noticed if an edge of a path were missing", () => {
    const needed = total((done) => done.needed);
    // what no probe tells apart: which rescue clause or which operand of a guard it was
    const often = ["next", "match", "exception", "after", "done", "loop", "message", "timeout"];
    for (const kind of often) expect([kind, share(needed.get(kind))]).toEqual([kind, above(0.6)]);
    for (const kind of ["true", "false", "no_match"]) {
      expect([kind, share(needed.get(kind))]).toEqual([kind, above(0.25)]);
    }
  });

  it("would be noticed if a flow of a value were missing", () => {
    const needed = total((done) => done.neededFlows);
    const often = ["copy", "argument", "component", "construct", "pipe"];
    for (const kind of often) expect([kind, share(needed.get(kind))]).toEqual([kind, above(0.6)]);
    // a value often comes by two ways
    for (const kind of ["phi", "return", "capture", "call_argument", "call_return"]) {
      expect([kind, share(needed.get(kind))]).toEqual([kind, above(0.1)]);
    }
  });

  afterAll(() => {
    console.log(
      [
        `edges taken: ${shares(total((done) => done.edges))}`,
        `edges needed: ${shares(total((done) => done.needed))}`,
        `flows needed: ${shares(total((done) => done.neededFlows))}`,
      ].join("\n"),
    );
  });
});

/** Two programs are under way at a time: one is run while the other is checked. */
async function checkAll(
  to: Campaign,
  observer: Observer,
  programs: readonly Checked[],
): Promise<void> {
  const rest = [...programs];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      await check(to, observer, next);
    }
  };
  await Promise.all([work(), work()]);
}

function generated(seed: number): Checked {
  const { source, functions } = program(seed);
  const runs = functions
    .filter(({ name }) => new RegExp(`def ${name}\\b`).test(source))
    .flatMap(({ name, arity }) =>
      Array.from({ length: RUNS_OF_FUNCTION }, (_, index): Run => ({ name, arity, seed: index })),
    );
  return { name: `seed ${String(seed)}`, source, runs, mutate: seed % MUTATED === 0 };
}

/** Programs in files, with the calls to make as comments `# run: f(1)`. */
function written(): readonly Checked[] {
  const root = resolve(import.meta.dirname, "../..");
  return ["fixtures/codegraph/flow", "tests/codegraph/known"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => /\.exs?$/.test(file))
      .toSorted()
      .map((file) => {
        const source = readFileSync(join(root, folder, file), "utf8");
        const calls = [...source.matchAll(/^ *# run: (.*)$/gm)].map((found) => found[1] ?? "");
        return { name: file, source, runs: calls.map((call) => ({ call })), mutate: true };
      }),
  );
}

function report(done: Campaign, first: number): void {
  const { programs, refused, functions, runs, frames, operations, shapes, reads, flows } = done;
  const { observable, unreachable } = done;
  console.log(
    `Elixir ${done.elixir}, seeds from ${String(first)}: ${String(programs)} programs (${String(refused)} refused by the compiler), ` +
      `${String(functions)} functions, ${String(runs)} runs, ${String(frames)} paths of ${String(operations)} steps (${String(observable.some)} of ${String(observable.of)} call nodes are seen); ` +
      `${String(shapes)} orders, ${String(unreachable)} unreachable operations, ${String(reads)} reads, ${String(flows.tokens)} token flows (${String(flows.untold)} of unknown origin), ${String(flows.copies)} copies`,
  );
}

/** One failure of each of the three shortest programs, with their text. */
function shown(failures: readonly Failure[]): string {
  const first = new Map<string, Failure>();
  for (const failure of failures)
    if (!first.has(failure.program)) first.set(failure.program, failure);
  return [...first.values()]
    .toSorted((a, b) => a.lines - b.lines)
    .slice(0, 3)
    .map(({ program: name, reason, source }) => {
      const lines = source.split("\n");
      const text = lines.map((line, index) => `${String(index + 1).padStart(4)} ${line}`);
      return `${name} (of ${String(first.size)}): ${reason}\n${text.join("\n")}`;
    })
    .join("\n\n");
}

function total(of: (done: Campaign) => ReadonlyMap<string, Share>): ReadonlyMap<string, Share> {
  const sum = new Map<string, Share>();
  for (const done of campaigns) {
    for (const [kind, { of: all, some }] of of(done)) {
      const before = sum.get(kind) ?? { of: 0, some: 0 };
      sum.set(kind, { of: before.of + all, some: before.some + some });
    }
  }
  return sum;
}

function share(of: Share | undefined): number {
  return of === undefined || of.of === 0 ? 0 : of.some / of.of;
}

function above(limit: number): unknown {
  return expect.toSatisfy((value: number) => value > limit);
}

function shares(of: ReadonlyMap<string, Share>): string {
  return [...of]
    .map(([kind, { of: all, some }]) => `${kind} ${String(some)}/${String(all)}`)
    .join(", ");
}
