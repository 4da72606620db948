// The tree of stacks against a model that does the sums the slow way, on generated runs of processes.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallTree, type BegunCall, type StackNode, type Wait } from "./call-tree.ts";

type Told =
  | { readonly kind: "call"; readonly call: BegunCall }
  | { readonly kind: "wait"; readonly wait: Wait };

function treeOf(told: readonly Told[]): CallTree {
  const tree = new CallTree();
  for (const one of told) {
    if (one.kind === "call") tree.enter(one.call);
    else tree.wait(one.wait);
  }
  tree.finish();
  return tree;
}

type Run = { told: Told[]; calls: (BegunCall & { waits: number })[]; id: number; now: number };

/** What a process did: functions that begin and end, with running and waiting between, as `script` says. */
function play(script: readonly (readonly [step: number, size: number])[], pid: number): Run {
  const run: Run = { told: [], calls: [], id: pid * 100_000, now: 0 };
  const open: { call: number; index: number }[] = [];
  const ends = new Map<number, number>();
  for (const [step, size] of script) {
    run.id += 1;
    run.now += size;
    const top = open.at(-1);
    if (step === 0) {
      const parent = top?.call ?? null;
      const from = run.now;
      run.calls.push({ call: run.id, parent, pid, function: size % 3, from, to: null, waits: 0 });
      open.push({ call: run.id, index: run.told.length });
      run.told.push({ kind: "wait", wait: noWait(pid) });
    } else if (step === 1 && top !== undefined) {
      const wait = { pid, frame: top.call, ns: size, cause: "reply", isExact: true } as const;
      run.told.push({ kind: "wait", wait });
      const own = run.calls.find(({ call }) => call === top.call);
      if (own !== undefined) own.waits += size;
    } else if (step === 2 && top !== undefined) {
      ends.set(top.call, run.now);
      open.pop();
    }
  }
  run.calls = run.calls.map((call) => ({ ...call, to: ends.get(call.call) ?? run.now }));
  let next = 0;
  run.told = run.told.map((one) => {
    if (one.kind === "call" || one.wait.frame !== null) return one;
    const { waits: _, ...call } = run.calls[next++] ?? never();
    return { kind: "call", call };
  });
  return run;
}

function noWait(pid: number): Wait {
  return { pid, frame: null, ns: 0, cause: "reply", isExact: false };
}

function never(): never {
  throw new Error("a call is missing");
}

const scripts = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 50 })),
  {
    maxLength: 60,
  },
);

describe("CallTree", () => {
  it("has for every node self + children = total, and adds up to the time in calls", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const { told, calls } = play(script, 1);
        const { nodes, processes } = treeOf(told);
        for (const [at, node] of nodes.entries()) {
          const children = nodes.filter(({ parent }) => parent === at);
          expect(node.selfNs + sum(children, (child) => child.totalNs)).toBe(node.totalNs);
          expect(node.waitingNs).toBeLessThanOrEqual(node.selfNs);
        }
        const roots = calls.filter(({ parent }) => parent === null);
        const inCalls = sum(roots, lengthOf);
        expect(sum(nodes.filter(isRoot), (node) => node.totalNs)).toBe(inCalls);
        expect(processes.get(1)?.inCallsNs ?? 0).toBe(inCalls);
      }),
    );
  });

  it("counts a function's recursion once, and its waits with those of what it called", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const { told, calls } = play(script, 1);
        const { functions } = treeOf(told);
        for (const [fun, sums] of functions) {
          const outermost = calls.filter(
            (call) => call.function === fun && !isInside(call, fun, calls),
          );
          expect(sums.totalNs).toBe(sum(outermost, lengthOf));
          const below = calls.filter((call) => call.function === fun || isInside(call, fun, calls));
          expect(sums.waitingNs).toBe(sum(below, ({ waits }) => waits));
          const own = calls.filter((call) => call.function === fun);
          expect(sums.calls).toBe(own.length);
          expect(sums.selfWaitingNs).toBe(sum(own, ({ waits }) => waits));
        }
      }),
    );
  });

  it("says nothing of how long a call took whose end is not known", () => {
    const call = { call: 1, parent: null, pid: 1, function: 7, from: 10, to: null };
    const inner = { call: 2, parent: 1, pid: 1, function: 8, from: 20, to: 50 };
    const { functions } = treeOf([
      { kind: "call", call },
      { kind: "call", call: inner },
    ]);
    expect(functions.get(7)).toMatchObject({ calls: 1, unknown: 1, selfNs: 0, totalNs: 30 });
    expect(functions.get(7)?.durations.percentiles.p50).toBeNull();
  });

  it("forgets processes that are in no call, and gives the same sums", () => {
    const { told } = play(
      [
        [0, 1],
        [0, 5],
        [2, 5],
        [2, 4],
        [0, 3],
        [1, 9],
        [2, 1],
      ],
      1,
    );
    const tree = new CallTree();
    for (const one of told) {
      if (one.kind === "call") {
        tree.settle(one.call.from);
        tree.enter(one.call);
      } else tree.wait(one.wait);
    }
    tree.finish();
    const plain = treeOf(told);
    expect(tree.nodes).toEqual(plain.nodes);
    expect(tree.processes).toEqual(plain.processes);
  });
});

function isRoot({ parent }: StackNode): boolean {
  return parent === null;
}

function lengthOf({ from, to }: BegunCall): number {
  return (to ?? from) - from;
}

function isInside(call: BegunCall, fun: number, calls: readonly BegunCall[]): boolean {
  let up = calls.find((one) => one.call === call.parent);
  while (up !== undefined) {
    if (up.function === fun) return true;
    const { parent } = up;
    up = calls.find((one) => one.call === parent);
  }
  return false;
}

function sum<T>(all: readonly T[], by: (one: T) => number): number {
  return all.reduce((total, one) => total + by(one), 0);
}
