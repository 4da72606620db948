// Where time went: self, total and waiting time of each function and of each process in a range.

import type { TimeRange } from "@elixirscope/wire";
import { functionTexts } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import type { Source } from "../sql.ts";
import type { CallTree, FunctionSums } from "./call-tree.ts";
import type { Percentiles } from "./durations.ts";
import { processTimes, running, waiting, type ProcessTimes } from "./process-times.ts";
import { sweep, type SweepOptions } from "./sweep.ts";

/** All times in ns. `running` is what is not waiting: on a scheduler or in its run queue, recording included. */
export type FunctionTimes = {
  readonly mfa: string;
  readonly calls: number;
  /** of the calls: how many have no known end, and so no duration */
  readonly unknown: number;
  /** without the recorded calls that it made, waiting left out */
  readonly selfRunningNs: number;
  readonly selfWaitingNs: number;
  /** of its outermost calls: recursion counts once */
  readonly totalNs: number;
  /** of the total, with what the calls that it made waited */
  readonly waitingNs: number;
  readonly durations: Percentiles;
  /** event of the longest call */
  readonly slowest: number | null;
};

export type Times = {
  readonly range: TimeRange;
  /** by running time of their own, most first */
  readonly functions: readonly FunctionTimes[];
  readonly moreFunctions: number;
  /** by running time in calls, most first */
  readonly processes: readonly ProcessTimes[];
  readonly moreProcesses: number;
  /** over all functions and processes */
  readonly sums: {
    readonly runningNs: number;
    readonly waitingNs: number;
    readonly exactWaitingNs: number;
  };
  readonly limits: readonly string[];
};

export type TimesOptions = SweepOptions & { readonly limit: number };

export async function times(
  source: Source,
  range: TimeRange,
  options: TimesOptions,
): Promise<Times> {
  const tree = await sweep(source, range, options);
  const sums = [...tree.processes.values()];
  const [functions, moreFunctions] = top([...tree.functions.values()], ownRunning, options.limit);
  const [names, all, limits] = await Promise.all([
    functionTexts(
      source,
      functions.map((one) => one.function),
    ),
    processTimes(source, sums),
    timeLimits(source, range, tree),
  ]);
  const [processes, moreProcesses] = top(all, ({ runningNs }) => runningNs, options.limit);
  return {
    range,
    functions: functions.map((one) => functionTimes(one, names)),
    moreFunctions,
    processes,
    moreProcesses,
    sums: {
      runningNs: sumOf(sums, running),
      waitingNs: sumOf(sums, waiting),
      exactWaitingNs: sumOf(sums, (one) => one.exactWaitingNs),
    },
    limits,
  };
}

/** What is said of every answer that adds up calls. */
export async function timeLimits(
  source: Source,
  { t0, t1 }: TimeRange,
  tree: CallTree,
): Promise<readonly string[]> {
  const limits = [
    ...(await limitsOf(source, { pids: null, from: t0, to: t1 }, ["calls", "messages"])),
  ];
  const unknown = sumOf([...tree.functions.values()], (one) => one.unknown);
  if (unknown > 0)
    limits.push(
      `${unknown} calls have no known end (tail calls, gaps): their own time is not counted`,
    );
  if (!source.manifest.plan.messages) limits.push("waiting cannot be told from running");
  return limits;
}

export function top<T>(
  all: readonly T[],
  by: (one: T) => number,
  limit: number,
): [readonly T[], number] {
  const sorted = all.toSorted((a, b) => by(b) - by(a));
  return [sorted.slice(0, limit), Math.max(0, sorted.length - limit)];
}

export function sumOf<T>(all: readonly T[], by: (one: T) => number): number {
  return all.reduce((sum, one) => sum + by(one), 0);
}

function functionTimes(one: FunctionSums, names: ReadonlyMap<number, string>): FunctionTimes {
  return {
    mfa: names.get(one.function) ?? "an unknown function",
    calls: one.calls,
    unknown: one.unknown,
    selfRunningNs: ownRunning(one),
    selfWaitingNs: one.selfWaitingNs,
    totalNs: one.totalNs,
    waitingNs: one.waitingNs,
    durations: one.durations.percentiles,
    slowest: one.slowest.call === 0 ? null : one.slowest.call,
  };
}

function ownRunning({ selfNs, selfWaitingNs }: FunctionSums): number {
  return selfNs - selfWaitingNs;
}
