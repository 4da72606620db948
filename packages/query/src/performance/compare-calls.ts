// The calls of one function in two ranges, of one recording or of two: how long they took, and which arguments, processes, callers and
// clauses there are more of. Durations are of all calls, dimensions of a sample.

import type { CallComparison } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import { sampledCalls } from "./call-dimensions.ts";
import { dimensionPairs } from "./dimension-pairs.ts";
import { boundsOf, durationBins } from "./duration-histogram.ts";
import type { Side } from "./compare.ts";
import { callsOf } from "./slow-calls.ts";

/** `functions`: the numbers that the side's recording has for the function. */
export type CallsSide = Side & { readonly functions: readonly number[] };

export async function compareCalls(
  name: string,
  a: CallsSide,
  b: CallsSide,
): Promise<CallComparison> {
  const [ofA, ofB] = [callsOf(a.functions, a.range), callsOf(b.functions, b.range)];
  const [sampleA, sampleB, binsA, binsB, ...limits] = await Promise.all([
    sampledCalls(a.source, ofA),
    sampledCalls(b.source, ofB),
    durationBins(a.source, ofA),
    durationBins(b.source, ofB),
    ...[a, b].map(
      async ({ source, range: { t0, t1 } }) =>
        await limitsOf(source, { pids: null, from: t0, to: t1 }, ["calls", "values"]),
    ),
  ]);
  // a pid says nothing in another run
  const isOneRecording = a.source.manifest === b.source.manifest;
  const [countsA, countsB] = [binsA, binsB].map(
    (bins) => new Map(bins.map(({ bin, calls }) => [bin, calls])),
  );
  const bins = [...new Set([...binsA, ...binsB].map(({ bin }) => bin))].toSorted((x, y) => x - y);
  return {
    function: name,
    ranges: [a.range, b.range],
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
    ).filter(({ dimension }) => dimension !== "pid" || isOneRecording),
    limits: [...new Set(limits.flat())],
  };
}

function sum(bins: readonly { readonly calls: number }[]): number {
  return bins.reduce((total, { calls }) => total + calls, 0);
}
