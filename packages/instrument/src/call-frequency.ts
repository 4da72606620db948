// How often each function runs: from a recording where it was counted, else from its callers.
//
// Frequencies flow from entry points along calls and messages, callers before callees; functions that call
// each other share one component, which a call is assumed to go round `LOOP` times.

import { componentMembers, Digraph, stronglyConnected } from "@elixirscope/codegraph";
import { LOOP } from "./block-frequency.ts";
import type { FunctionModel } from "./function-model.ts";

/** What a recording says of a function. */
export type MeasuredFunction = {
  readonly calls: number;
  /** time inside it, without recorded functions that it calls */
  readonly selfNs: number;
};

export type Profile = ReadonlyMap<string, MeasuredFunction>;

export type CallFrequencies = {
  /** runs, by the index of the model: counted, or relative to an entry point that runs once */
  readonly runs: Float64Array;
  /** it may call itself again, also through others */
  readonly recursive: Uint8Array;
  /** of those, it does so in the last thing that it does: the stack does not grow */
  readonly tailLoop: Uint8Array;
  /** of one call with all that it calls in the same process, ns */
  readonly inclusiveNs: Float64Array;
};

export function callFrequencies(
  models: readonly FunctionModel[],
  entryRuns: (model: FunctionModel, hasCaller: boolean) => number,
  ownNs: readonly number[],
  profile: Profile | null,
): CallFrequencies {
  const index = new Map(models.map((model, i) => [model.data.key, i]));
  const from: number[] = [];
  const to: number[] = [];
  const times: number[] = [];
  models.forEach((model, caller) => {
    for (const [key, count] of [...model.calls, ...model.messages]) {
      const callee = index.get(key);
      if (callee === undefined) continue;
      from.push(caller);
      to.push(callee);
      times.push(count);
    }
  });
  const graph = new Digraph(models.length, from, to);
  // numbered callees first: from the end, callers come before those whom they call
  const components = componentMembers(stronglyConnected(graph)).toReversed();
  const runs = new Float64Array(models.length);
  const recursive = new Uint8Array(models.length);
  const tailLoop = new Uint8Array(models.length);
  const inclusiveNs = new Float64Array(models.length);

  models.forEach((model, i) => {
    runs[i] = entryRuns(
      model,
      graph.inEdges(i).some((edge) => graph.from[edge] !== i),
    );
  });
  for (const members of components) {
    const inside = new Set(members);
    const circular = members.some((i) => graph.successors(i).some((next) => inside.has(next)));
    settle(members, circular);
    for (const i of members) {
      for (const edge of graph.outEdges(i)) {
        const next = graph.to[edge] ?? 0;
        if (!inside.has(next)) runs[next] = (runs[next] ?? 0) + (runs[i] ?? 0) * (times[edge] ?? 0);
      }
    }
    if (circular) markLoops(inside);
  }
  for (const members of components.toReversed()) {
    const inside = new Set(members);
    const ns = members.reduce((sum, i) => sum + (ownNs[i] ?? 0) + calledNs(i, inside), 0);
    for (const i of members) inclusiveNs[i] = recursive[i] === 1 ? ns * LOOP : ns;
  }
  return { runs, recursive, tailLoop, inclusiveNs };

  /** What the functions outside of its own component take that a call of it calls. */
  function calledNs(caller: number, inside: ReadonlySet<number>): number {
    let ns = 0;
    for (const [key, count] of models[caller]?.calls ?? []) {
      const callee = index.get(key);
      if (callee !== undefined && !inside.has(callee)) ns += count * (inclusiveNs[callee] ?? 0);
    }
    return ns;
  }

  function settle(members: readonly number[], circular: boolean): void {
    const entering = members.reduce((sum, i) => sum + (runs[i] ?? 0), 0);
    for (const i of members) {
      if (circular) runs[i] = entering * LOOP;
      const measured = profile?.get(models[i]?.data.key ?? "");
      if (measured !== undefined) runs[i] = measured.calls;
    }
  }

  function markLoops(inside: ReadonlySet<number>): void {
    for (const i of inside) {
      recursive[i] = 1;
      const tail = models[i]?.data.calls.some((site) => {
        const target = site.target === null ? undefined : index.get(site.target);
        return site.tail && target !== undefined && inside.has(target);
      });
      if (tail === true) tailLoop[i] = 1;
    }
  }
}
