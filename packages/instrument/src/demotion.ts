// Which functions are recorded less deeply when a running recording makes more events than it may.
//
// The hottest function at the time goes one level down, until what is to be expected fits. What a level
// will make is told from what was measured: each call has an entry and an exit, the rest of the events
// are details of its own. The answer depends on nothing but the numbers; ties go by name.

import { assertNever } from "@elixirscope/base";
import { capturesAt } from "./captures.ts";
import type { FunctionLevel } from "./module-plan.ts";

/** Events and calls of a function in a second, as they were counted at its present level. */
export type FunctionRate = {
  /** `Shop.Cart.add/3` */
  readonly function: string;
  readonly eventsPerSecond: number;
  readonly callsPerSecond: number;
  /** of the events, those of single lines and values (`detail`) */
  readonly detailsPerSecond: number;
};

export type Demotion = {
  readonly function: string;
  readonly from: FunctionLevel;
  readonly to: FunctionLevel;
  /** measured before, expected after */
  readonly eventsPerSecond: number;
  readonly expectedPerSecond: number;
  /** for the record: `Shop.Cart.total/1: full → boundaries, 84,000 events/s of a budget of 50,000` */
  readonly text: string;
};

export type DemotionPlan = {
  /** by the rate that was measured, highest first */
  readonly demotions: readonly Demotion[];
  /** of all functions when it is carried out */
  readonly expectedPerSecond: number;
};

/** Functions that `levels` does not have are left alone but count. `budget` in events a second. */
export function planDemotions(
  rates: readonly FunctionRate[],
  levels: ReadonlyMap<string, FunctionLevel>,
  budget: number,
): DemotionPlan {
  const entries = rates.flatMap((rate): Entry[] => {
    const from = levels.get(rate.function);
    return from === undefined ? [] : [{ rate, from, to: from, expected: rate.eventsPerSecond }];
  });
  let expected = rates.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0);
  while (expected > budget) {
    const hottest = hottestOf(entries);
    if (hottest === null) break;
    const to = levelBelow(hottest.to);
    const after = expectedAt(to, hottest);
    expected -= hottest.expected - after;
    hottest.to = to;
    hottest.expected = after;
  }
  const demotions = entries
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => b.rate.eventsPerSecond - a.rate.eventsPerSecond || byName(a, b))
    .map((entry) => demotionOf(entry, budget));
  return { demotions, expectedPerSecond: Math.round(expected) };
}

type Entry = {
  readonly rate: FunctionRate;
  readonly from: FunctionLevel;
  to: FunctionLevel;
  expected: number;
};

/** Null: there is nothing left that could go down. */
function hottestOf(entries: readonly Entry[]): Entry | null {
  let hottest: Entry | null = null;
  for (const entry of entries) {
    if (entry.to.level === "off" || entry.expected <= 0) continue;
    if (hottest === null) hottest = entry;
    else if (entry.expected > hottest.expected) hottest = entry;
    else if (entry.expected === hottest.expected && byName(entry, hottest) < 0) hottest = entry;
  }
  return hottest;
}

/** Single values first, then bindings and branches, then entries and exits, then exceptions. */
function levelBelow(at: FunctionLevel): FunctionLevel {
  if (at.level === "full" && at.detail !== "bindings") return { ...at, detail: "bindings" };
  const level = at.level === "full" ? "boundaries" : at.level === "boundaries" ? "minimal" : "off";
  const possible = new Set(capturesAt(level, { keepsState: true, tailLoop: false }));
  return {
    ...at,
    level,
    detail: "bindings",
    captures: at.captures.filter((capture) => possible.has(capture)),
  };
}

/** Never more than now: a level below makes a part of the same events. */
function expectedAt(to: FunctionLevel, { rate, from, expected }: Entry): number {
  switch (to.level) {
    case "full":
      return Math.min(expected, Math.max(0, rate.eventsPerSecond - rate.detailsPerSecond));
    case "boundaries":
      return Math.min(expected, 2 * rate.callsPerSecond);
    case "minimal":
      // exceptions alone; how many there are is only known where nothing else was recorded
      return from.level === "minimal" ? expected : 0;
    case "off":
      return 0;
    default:
      return assertNever(to.level);
  }
}

function demotionOf({ rate, from, to, expected }: Entry, budget: number): Demotion {
  const change = `${levelText(from)} → ${levelText(to)}`;
  const measured = `${grouped(rate.eventsPerSecond)} events/s of a budget of ${grouped(budget)}`;
  return {
    function: rate.function,
    from,
    to,
    eventsPerSecond: rate.eventsPerSecond,
    expectedPerSecond: Math.round(expected),
    text: `${rate.function}: ${change}, ${measured}`,
  };
}

function levelText({ level, detail }: FunctionLevel): string {
  return level === "full" && detail !== "bindings" ? `full with ${detail}` : level;
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

function byName(a: Entry, b: Entry): number {
  if (a.rate.function === b.rate.function) return 0;
  return a.rate.function < b.rate.function ? -1 : 1;
}
