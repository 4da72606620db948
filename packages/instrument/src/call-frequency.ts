// How often each function runs: from a recording where it was counted, else from its callers.
//
// Frequencies flow from entry points along calls and messages, callers before callees; functions that call
// each other share one component, which a call is assumed to go round `LOOP` times.

import { componentMembers, Digraph, stronglyConnected } from "@elixirscope/base";
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
  /** 1 where it may call itself in the last thing that it does: the stack does not grow */
  readonly tailLoop: Uint8Array;
  /** of one call with all that it calls in the same process, ns */
  readonly inclusiveNs: Float64Array;
};

/** `entryRuns`: runs from outside of the project; `ownNs`: of one call by itself, by index of the model. */
export function callFrequencies(
  models: readonly FunctionModel[],
  entryRuns: (model: FunctionModel, hasCaller: boolean) => number,
  ownNs: readonly number[],
  profile: Profile | null,
): CallFrequencies {
  const calls = callsBetween(models);
  const components = componentsOf(calls.graph);
  const runs = Float64Array.from(models, (model, i) => {
    const { graph } = calls;
    return entryRuns(
      model,
      graph.inEdges(i).some((edge) => graph.from[edge] !== i),
    );
  });
  const counted = models.map((model) => profile?.get(model.data.key)?.calls);
  for (const component of components.toReversed()) passOn(component, calls, counted, runs);
  return {
    runs,
    tailLoop: tailLoops(models, calls, components),
    inclusiveNs: inclusiveTimes(models, calls, components, ownNs),
  };
}

type Calls = {
  /** nodes by the index of the model; edges are calls and messages */
  readonly graph: Digraph;
  /** by edge: how often for one run of the caller */
  readonly times: readonly number[];
  readonly index: ReadonlyMap<string, number>;
};

type Component = {
  readonly members: ReadonlySet<number>;
  /** its functions call each other, or one itself */
  readonly circular: boolean;
};

function callsBetween(models: readonly FunctionModel[]): Calls {
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
  return { graph: new Digraph(models.length, from, to), times, index };
}

/** Those that are called come before those that call them. */
function componentsOf(graph: Digraph): readonly Component[] {
  return componentMembers(stronglyConnected(graph)).map((list) => {
    const members = new Set(list);
    const circular = list.some((i) => graph.successors(i).some((next) => members.has(next)));
    return { members, circular };
  });
}

/** Settles the runs of a component's functions, and adds those of what they call outside of it. */
function passOn(
  { members, circular }: Component,
  { graph, times }: Calls,
  counted: readonly (number | undefined)[],
  runs: Float64Array,
): void {
  let entering = 0;
  for (const i of members) entering += runs[i] ?? 0;
  for (const i of members) {
    if (circular) runs[i] = entering * LOOP;
    runs[i] = counted[i] ?? runs[i] ?? 0;
  }
  for (const i of members) {
    for (const edge of graph.outEdges(i)) {
      const next = graph.to[edge] ?? 0;
      if (!members.has(next)) runs[next] = (runs[next] ?? 0) + (runs[i] ?? 0) * (times[edge] ?? 0);
    }
  }
}

function tailLoops(
  models: readonly FunctionModel[],
  { index }: Calls,
  components: readonly Component[],
): Uint8Array {
  const found = new Uint8Array(models.length);
  for (const { members, circular } of components) {
    if (!circular) continue;
    for (const i of members) {
      const isTail = models[i]?.data.calls.some((site) => {
        const target = site.target === null ? undefined : index.get(site.target);
        return site.tail && target !== undefined && members.has(target);
      });
      if (isTail === true) found[i] = 1;
    }
  }
  return found;
}

function inclusiveTimes(
  models: readonly FunctionModel[],
  { index }: Calls,
  components: readonly Component[],
  ownNs: readonly number[],
): Float64Array {
  const inclusiveNs = new Float64Array(models.length);
  for (const { members, circular } of components) {
    let ns = 0;
    for (const i of members) {
      ns += ownNs[i] ?? 0;
      for (const [key, count] of models[i]?.calls ?? []) {
        const callee = index.get(key);
        if (callee !== undefined && !members.has(callee)) ns += count * (inclusiveNs[callee] ?? 0);
      }
    }
    for (const i of members) inclusiveNs[i] = circular ? ns * LOOP : ns;
  }
  return inclusiveNs;
}
