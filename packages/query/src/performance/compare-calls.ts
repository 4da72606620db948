// The calls of one function in two ranges: how long they took, and which arguments, processes, callers and
// clauses there are more of. Durations are of all calls, dimensions of a sample.

import type { CallComparison, TimeRange } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import type { Source } from "../sql.ts";
import { sampledCalls } from "./call-dimensions.ts";
import { dimensionPairs } from "./dimension-pairs.ts";
import { boundsOf, durationBins } from "./duration-histogram.ts";
import type { NamedFunctions } from "./named-functions.ts";
import { callsOf } from "./slow-calls.ts";

export async function compareCalls(
  source: Source,
  a: TimeRange,
  b: TimeRange,
  functions: NamedFunctions,
): Promise<CallComparison> {
  const [ofA, ofB] = [callsOf(functions.ids, a), callsOf(functions.ids, b)];
  const [sampleA, sampleB, binsA, binsB, ...limits] = await Promise.all([
    sampledCalls(source, ofA),
    sampledCalls(source, ofB),
    durationBins(source, ofA),
    durationBins(source, ofB),
    ...[a, b].map(
      async ({ t0, t1 }) =>
        await limitsOf(source, { pids: null, from: t0, to: t1 }, ["calls", "values"]),
    ),
  ]);
  const [countsA, countsB] = [binsA, binsB].map(
    (bins) => new Map(bins.map(({ bin, calls }) => [bin, calls])),
  );
  const bins = [...new Set([...binsA, ...binsB].map(({ bin }) => bin))].toSorted((x, y) => x - y);
  return {
    function: functions.name,
    ranges: [a, b],
    sampled: [sampleA.length, sampleB.length],
    calls: [sum(binsA), sum(binsB)],
    durations: bins.map((bin) => ({
      ...boundsOf(bin),
      a: countsA?.get(bin) ?? 0,
      b: countsB?.get(bin) ?? 0,
    })),
    dimensions: dimensionPairs(
      sampleA.map(({ dimensions }) => dimensions),
      sampleB.map(({ dimensions }) => dimensions),
    ),
    limits: [...new Set(limits.flat())],
  };
}

function sum(bins: readonly { readonly calls: number }[]): number {
  return bins.reduce((total, { calls }) => total + calls, 0);
}
