// Two ranges, or two recordings, held against each other: which functions and processes took more or less
// time per second, whether because there were more calls or because they took longer, and for the functions
// that changed most which value of which dimension goes with it.

import type {
  Comparison,
  FunctionChange,
  ProcessChange,
  ProcessTimes,
  SideTimes,
  TimeRange,
} from "@elixirscope/wire";
import { functionTexts } from "../interned.ts";
import type { Source } from "../sql.ts";
import { sampledCalls } from "./call-dimensions.ts";
import { callsOf, observed } from "./slow-calls.ts";
import { sql } from "../sql.ts";
import type { FunctionSums } from "./call-tree.ts";
import { explain } from "./explain.ts";
import { processTimes } from "./process-times.ts";
import type { SweepOptions } from "./sweep.ts";
import { sweptTree } from "./swept-tree.ts";
import { sumOf, timeLimits } from "./times.ts";

/** A recording, or a part of it. */
export type Side = { readonly source: Source; readonly range: TimeRange };

/** Functions whose calls are looked into, and how many calls that needs. */
const MOST_EXPLAINED = 3;
const LEAST_CALLS = 10;

export async function compare(
  before: Side,
  after: Side,
  { limit, ...options }: SweepOptions & { readonly limit: number },
): Promise<Comparison> {
  const first = await sideOf(before, options);
  const second = await sideOf(after, options);
  const mfas = [...new Set([...first.functions.keys(), ...second.functions.keys()])];
  const changes = mfas
    .map((mfa) => functionChange(mfa, first, second))
    .filter(({ change }) => change !== 0)
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change));
  const functions: FunctionChange[] = [];
  for (const [rank, one] of changes.slice(0, limit).entries()) {
    functions.push(rank < MOST_EXPLAINED ? await explained(one, first, second) : one);
  }
  return {
    ranges: [before.range, after.range],
    functions,
    moreFunctions: Math.max(0, changes.length - limit),
    processes: processChanges(first, second).slice(0, limit),
    limits: [
      ...first.limits.map((text) => `first: ${text}`),
      ...second.limits.map((text) => `second: ${text}`),
    ],
  };
}

type Measured = {
  readonly side: Side;
  readonly seconds: number;
  readonly functions: ReadonlyMap<string, readonly FunctionSums[]>;
  readonly processes: readonly ProcessTimes[];
  readonly limits: readonly string[];
};

async function sideOf(side: Side, options: SweepOptions): Promise<Measured> {
  const { source, range } = side;
  const tree = await sweptTree(source, range, options);
  const [names, processes, limits] = await Promise.all([
    functionTexts(source, [...tree.functions.keys()]),
    processTimes(source, [...tree.processes.values()]),
    timeLimits(source, range, tree),
  ]);
  const functions = new Map<string, FunctionSums[]>();
  for (const [fun, sums] of tree.functions) {
    const mfa = names.get(fun) ?? "an unknown function";
    functions.set(mfa, [...(functions.get(mfa) ?? []), sums]);
  }
  return { side, seconds: (range.t1 - range.t0) / 1e9, functions, processes, limits };
}

function functionChange(mfa: string, first: Measured, second: Measured): FunctionChange {
  const [before, after] = [first, second].map((side) => sideTimes(side, mfa));
  if (before === undefined || after === undefined) throw new Error("two sides");
  const change = after.ownPerSecond - before.ownPerSecond;
  // with the mean of the other side taken as its own where a side has no calls
  const [ownBefore, ownAfter] = [
    ownMean(before) ?? ownMean(after) ?? 0,
    ownMean(after) ?? ownMean(before) ?? 0,
  ];
  const byCalls = ((after.perSecond - before.perSecond) * (ownBefore + ownAfter)) / 2;
  return {
    mfa,
    before,
    after,
    change,
    byCalls,
    byDuration: change - byCalls,
    z: welch(first.functions.get(mfa)?.[0], second.functions.get(mfa)?.[0]),
    slow: [],
    more: [],
  };
}

function sideTimes({ functions, seconds }: Measured, mfa: string): SideTimes {
  const sums = functions.get(mfa) ?? [];
  const calls = sumOf(sums, (one) => one.calls);
  const [first] = sums;
  return {
    calls,
    perSecond: calls / seconds,
    ownPerSecond: sumOf(sums, (one) => one.selfNs) / seconds,
    meanNs: first?.durations.mean ?? null,
    p95Ns: first?.durations.percentiles.p95 ?? null,
  };
}

function ownMean({ ownPerSecond, perSecond }: SideTimes): number | null {
  return perSecond === 0 ? null : ownPerSecond / perSecond;
}

function welch(before: FunctionSums | undefined, after: FunctionSums | undefined): number | null {
  if (before === undefined || after === undefined) return null;
  const [a, b] = [before.durations, after.durations];
  if (a.mean === null || b.mean === null || a.variance === null || b.variance === null) return null;
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  return error === 0 ? null : (b.mean - a.mean) / error;
}

async function explained(
  one: FunctionChange,
  first: Measured,
  second: Measured,
): Promise<FunctionChange> {
  const [a, b] = [idsOf(first, one.mfa), idsOf(second, one.mfa)];
  const { p95Ns } = one.before;
  if (Math.min(one.before.calls, one.after.calls) < LEAST_CALLS || p95Ns === null) return one;
  const slower = sql`(t_exit - t_enter) > ${p95Ns}`;
  const own = callsOf(b, second.side.range);
  const [was, is, slow, others] = await Promise.all([
    sampledCalls(first.side.source, callsOf(a, first.side.range)),
    sampledCalls(second.side.source, own),
    sampledCalls(second.side.source, sql`${own} AND ${slower}`),
    sampledCalls(second.side.source, sql`${own} AND NOT ${slower}`),
  ]);
  return {
    ...one,
    slow: explain([...observed(slow, true), ...observed(others, false)]),
    more: explain([...observed(is, true), ...observed(was, false)]).filter(
      // every range has its own short-lived processes
      ({ dimension }) => dimension !== "pid",
    ),
  };
}

function idsOf({ functions }: Measured, mfa: string): readonly number[] {
  return (functions.get(mfa) ?? []).map((sums) => sums.function);
}

function processChanges(first: Measured, second: Measured): readonly ProcessChange[] {
  const [before, after] = [first, second].map(
    ({ processes }) => new Map(processes.map((one) => [one.name ?? one.pid, one])),
  );
  const keys = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...keys]
    .flatMap((key): ProcessChange[] => {
      const [a, b] = [before?.get(key), after?.get(key)];
      const known = b ?? a;
      if (known === undefined) return [];
      const running = [rateOf(a?.runningNs, first), rateOf(b?.runningNs, second)] as const;
      const waiting = [rateOf(a?.waitingNs, first), rateOf(b?.waitingNs, second)] as const;
      const change = running[1] - running[0];
      return [{ pid: known.pid, name: known.name, running, waiting, change }];
    })
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change));
}

function rateOf(ns: number | undefined, { seconds }: Measured): number {
  return (ns ?? 0) / seconds;
}
