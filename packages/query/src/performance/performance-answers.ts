// What the page asks about time, put to the functions of this folder: ranges bounded, names looked up.

import type { OrMissing, Params, PerformanceApi, Reply, TimeRange } from "@elixirscope/wire";
import { pidIndex } from "../interned.ts";
import type { Source } from "../sql.ts";
import { bottlenecks } from "./bottlenecks.ts";
import { boundedRange } from "./bounded-range.ts";
import { compare, type Side } from "./compare.ts";
import { compareCalls } from "./compare-calls.ts";
import { criticalPath } from "./critical-path.ts";
import { callsByDuration, durationHistogram } from "./duration-histogram.ts";
import { flameChart } from "./flame-chart.ts";
import { foldedStacks, speedscope } from "./flame-formats.ts";
import { flame } from "./flame.ts";
import { latencyOf } from "./latency.ts";
import { namedFunctions, type NamedFunctions } from "./named-functions.ts";
import { queues } from "./queues.ts";
import { slowCallsOf } from "./slow-calls.ts";
import { slowRequests } from "./slow-requests.ts";
import { times } from "./times.ts";

type Answers = {
  readonly [M in keyof PerformanceApi]: (source: Source, params: Params<M>) => Promise<Reply<M>>;
};

/** What another tool can still open. */
const MOST_WRITTEN = 50_000;

export const PERFORMANCE_ANSWERS: Answers = {
  flame: async (source, { path = [], minShare, limit, time, search = "", ...asked }) =>
    await inRange(source, asked, async (range) =>
      flame(source, range, {
        time,
        path,
        minShare,
        search,
        nodes: limit,
        pid: await processOf(source, asked.pid),
      }),
    ),
  flameFile: async (source, { time, format, ...asked }) => {
    const { range } = await boundedRange(source, asked);
    const pid = await processOf(source, asked.pid);
    const whole = await flame(source, range, { time, nodes: MOST_WRITTEN, pid });
    const name = `${source.manifest.target.node.replaceAll(/[^\w.-]/g, "_")}-${time}`;
    if (format === "folded") {
      return { name: `${name}.folded.txt`, mime: "text/plain", text: foldedStacks(whole) };
    }
    const text = JSON.stringify(speedscope(whole, source.manifest.target.node));
    return { name: `${name}.speedscope.json`, mime: "application/json", text };
  },
  flameChart: async (source, { buckets, limit, ...asked }) =>
    await inRange(source, asked, async (range) =>
      flameChart(source, range, { buckets, limit, pid: await processOf(source, asked.pid) }),
    ),
  times: async (source, { order, limit, ...asked }) =>
    await inRange(source, asked, async (range) =>
      times(source, range, { order, limit, pid: await processOf(source, asked.pid) }),
    ),
  latency: async (source, { function: name, buckets, ...range }) =>
    await named(source, name, async (functions) => latencyOf(source, range, functions, buckets)),
  durations: async (source, { function: name, ...range }) =>
    await named(source, name, async (functions) => durationHistogram(source, range, functions)),
  callsByDuration: async (source, { function: name, t0, t1, ...which }) =>
    await named(source, name, async (functions) =>
      callsByDuration(source, { t0, t1 }, functions, which),
    ),
  slowCalls: async (source, { function: name, thresholdNs = null, ...range }) =>
    await named(source, name, async (functions) =>
      slowCallsOf(source, range, functions, thresholdNs),
    ),
  queues: async (source, { buckets, limit, ...asked }) =>
    await inRange(source, asked, async (range) => queues(source, range, { buckets, limit })),
  bottlenecks: async (source, { limit, ...asked }) =>
    await inRange(source, asked, async (range) => bottlenecks(source, range, { limit })),
  slowRequests: async (source, { limit, ...asked }) =>
    await inRange(source, asked, async (range) => slowRequests(source, range, { limit })),
  criticalPath: async (source, { event, limit }) => await criticalPath(source, event, { limit }),
  compare: async (source, { a, b, limit }) =>
    await comparedSides({ source, range: a }, { source, range: b }, limit),
  compareCalls: async (source, { a, b, function: name }) =>
    await comparedCalls({ source, range: a }, { source, range: b }, name),
};

/** Of two ranges or two recordings; a range that is too long to be added up is cut, and that said. */
export async function comparedSides(
  before: Side,
  after: Side,
  limit: number,
): Promise<Reply<"compare">> {
  const [a, b] = [
    await boundedRange(before.source, before.range),
    await boundedRange(after.source, after.range),
  ];
  const answer = await compare(
    { ...before, range: a.range },
    { ...after, range: b.range },
    { limit },
  );
  return { ...answer, limits: [...a.limits, ...b.limits, ...answer.limits] };
}

/** A function that only one recording knows has no calls in the other. */
export async function comparedCalls(
  before: Side,
  after: Side,
  name: string,
): Promise<Reply<"compareCalls">> {
  const [a, b] = [
    await namedFunctions(before.source, name),
    await namedFunctions(after.source, name),
  ];
  if (!a.ok && !b.ok) return a;
  const result = await compareCalls(
    name,
    { ...before, functions: a.ok ? a.functions.ids : [] },
    { ...after, functions: b.ok ? b.functions.ids : [] },
  );
  return { ok: true, result };
}

/** A process that the recording does not know has no calls: no number is its. */
async function processOf(source: Source, pid: string | undefined): Promise<number | null> {
  return pid === undefined ? null : ((await pidIndex(source, pid)) ?? -1);
}

async function inRange<T extends { readonly limits: readonly string[] }>(
  source: Source,
  asked: TimeRange,
  ask: (range: TimeRange) => Promise<T>,
): Promise<T> {
  const { range, limits } = await boundedRange(source, { t0: asked.t0, t1: asked.t1 });
  const answer = await ask(range);
  return { ...answer, limits: [...limits, ...answer.limits] };
}

async function named<T>(
  source: Source,
  name: string,
  ask: (functions: NamedFunctions) => Promise<T>,
): Promise<OrMissing<T>> {
  const found = await namedFunctions(source, name);
  if (!found.ok) return found;
  return { ok: true, result: await ask(found.functions) };
}
