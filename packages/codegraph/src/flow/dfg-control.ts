// What decides whether a definition is evaluated at all: the bridge from control dependence in the CFG
// to definitions, for slices that shall follow it.

import { cfgControlDependences } from "./cfg-graph.ts";
import type { Cfg, CfgNode } from "./cfg.ts";
import { closureCfg } from "./dfg-places.ts";
import type { Dfg, Flow } from "./dfg.ts";

/**
 * For `SliceOptions.control`: of all branches that lie around a definition, the conditions of the
 * constructs that they belong to.
 */
export function controllers(dfg: Dfg, cfg: Cfg): (definition: number) => readonly number[] {
  const constructs = constructsOf(dfg);
  const byClosure = new Map<number, Branches>();
  return (definition) => {
    const { cfgNode = -1, closure = -1 } = dfg.definitions[definition] ?? {};
    let branches = byClosure.get(closure);
    if (branches === undefined) {
      branches = new Branches(closureCfg(cfg, dfg, closure), constructs);
      byClosure.set(closure, branches);
    }
    return branches.deciding(cfgNode);
  };
}

/** A construct whose value is φ, with the flows that decide it. */
type Construct = {
  readonly start: number;
  readonly end: number;
  readonly conditions: readonly Flow[];
};

/** Inner constructs first. */
function constructsOf(dfg: Dfg): readonly Construct[] {
  const conditions = new Map<number, Flow[]>();
  for (const flow of dfg.flows) {
    if (flow.kind !== "condition") continue;
    const list = conditions.get(flow.to);
    if (list === undefined) conditions.set(flow.to, [flow]);
    else list.push(flow);
  }
  return [...conditions]
    .map(([to, flows]) => {
      const { start = 0, end = 0 } = dfg.definitions[to] ?? {};
      return { start, end, conditions: flows };
    })
    .toSorted((a, b) => a.end - a.start - (b.end - b.start));
}

class Branches {
  readonly #nodes: readonly CfgNode[];
  readonly #constructs: readonly Construct[];
  /** the branches on which each node depends directly */
  readonly #above: number[][];
  readonly #conditions = new Map<number, readonly number[]>();

  constructor(cfg: Cfg | null, constructs: readonly Construct[]) {
    this.#nodes = cfg?.nodes ?? [];
    this.#constructs = constructs;
    this.#above = this.#nodes.map(() => []);
    if (cfg === null) return;
    for (const { from, to } of cfgControlDependences(cfg)) this.#above[to]?.push(from);
  }

  /** The definitions that decide whether a node is reached, by branches in branches. */
  deciding(node: number): readonly number[] {
    const found = new Set<number>();
    const branches = new Set(this.#above[node]);
    for (const branch of branches) {
      for (const definition of this.#conditionsOf(branch)) found.add(definition);
      for (const above of this.#above[branch] ?? []) branches.add(above);
    }
    return [...found];
  }

  /** The conditions of the innermost construct around a branch that are known when it is reached. */
  #conditionsOf(branch: number): readonly number[] {
    const known = this.#conditions.get(branch);
    if (known !== undefined) return known;
    const { start = 0, end = 0 } = this.#nodes[branch] ?? {};
    const around = this.#constructs.find((each) => each.start <= start && end <= each.end);
    const conditions = (around?.conditions ?? []).filter((flow) => flow.start < end);
    const definitions = conditions.map((flow) => flow.from);
    this.#conditions.set(branch, definitions);
    return definitions;
  }
}
