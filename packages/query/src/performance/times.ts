// Where time went: self, total and waiting time of each function and of each process in a range.

import type { FunctionOrder, FunctionTimes, TimeRange, Times } from "@elixirscope/wire";
import { functionTexts } from "../interned.ts";
import { limitsOf } from "../limits.ts";
import type { Source } from "../sql.ts";
import { MOST_NODES, OTHER_FUNCTION, type CallTree, type FunctionSums } from "./call-tree.ts";
import { processTimes, running, waiting } from "./process-times.ts";
import type { SweepOptions } from "./sweep.ts";
import { sweptTree } from "./swept-tree.ts";

export type TimesOptions = SweepOptions & {
  readonly limit: number;
  /** of the functions, most first; running time of their own where it is left out */
  readonly order?: FunctionOrder;
};

export async function times(
  source: Source,
  range: TimeRange,
  options: TimesOptions,
): Promise<Times> {
  const tree = await sweptTree(source, range, options);
  const sums = [...tree.processes.values()];
  const [functions, moreFunctions] = top(
    [...tree.functions.values()],
    ORDERS[options.order ?? "self"],
    options.limit,
  );
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
  if (tree.nodes.some((node) => node.function === OTHER_FUNCTION))
    limits.push(
      `there are more than ${MOST_NODES} different stacks: those that came later are in "other"`,
    );
  if (!source.manifest.plan.messages) limits.push("waiting cannot be told from running");
  return limits;
}

export function top<T>(
  all: readonly T[],
  by: (one: T) => number,
  limit: number,
): [readonly T[], number] {
  const sorted = all.map((one) => ({ one, key: by(one) })).toSorted((a, b) => b.key - a.key);
  return [sorted.slice(0, limit).map(({ one }) => one), Math.max(0, sorted.length - limit)];
}

export function sumOf<T>(all: readonly T[], by: (one: T) => number): number {
  return all.reduce((sum, one) => sum + by(one), 0);
}

function functionTimes(one: FunctionSums, names: ReadonlyMap<number, string>): FunctionTimes {
  return {
    mfa: names.get(one.function) ?? "an unknown function",
    calls: one.calls,
    unknown: one.unknown,
    errors: one.errors,
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

const ORDERS: Readonly<Record<FunctionOrder, (one: FunctionSums) => number>> = {
  self: ownRunning,
  total: (one) => one.totalNs,
  waiting: (one) => one.waitingNs,
  calls: (one) => one.calls,
  errors: (one) => one.errors,
  p50: (one) => one.durations.percentiles.p50 ?? -1,
  p95: (one) => one.durations.percentiles.p95 ?? -1,
  p99: (one) => one.durations.percentiles.p99 ?? -1,
  max: (one) => one.durations.percentiles.max ?? -1,
};
