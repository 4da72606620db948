// A data-flow graph with its flows in both directions, for questions about it.

import { Digraph } from "@elixirscope/base";
import type { Definition, Dfg, Flow, FlowKind, Use } from "./dfg.ts";

export class DfgIndex {
  readonly dfg: Dfg;
  /** flow `i` is edge `i` */
  readonly graph: Digraph;
  readonly #uses: (Use[] | undefined)[] = [];

  constructor(dfg: Dfg) {
    this.dfg = dfg;
    this.graph = new Digraph(
      dfg.definitions.length,
      dfg.flows.map((flow) => flow.from),
      dfg.flows.map((flow) => flow.to),
    );
    for (const use of dfg.uses) (this.#uses[use.definition] ??= []).push(use);
  }

  flowsInto(definition: number): readonly Flow[] {
    return this.#flows(this.graph.inEdges(definition));
  }

  flowsFrom(definition: number): readonly Flow[] {
    return this.#flows(this.graph.outEdges(definition));
  }

  #flows(edges: Int32Array): readonly Flow[] {
    const flows: Flow[] = [];
    for (const edge of edges) {
      const flow = this.dfg.flows[edge];
      if (flow !== undefined) flows.push(flow);
    }
    return flows;
  }

  /** Where it is read, also by closures that captured it: its definition-use chain. */
  usesOf(definition: number): readonly Use[] {
    return [definition, ...this.capturesOf(definition)].flatMap((index) => this.#uses[index] ?? []);
  }

  /** The definitions that stand for it inside closures, of all depths. */
  capturesOf(definition: number): readonly number[] {
    const found: number[] = [];
    const stack = [definition];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const { to, kind } of this.flowsFrom(at)) {
        if (kind !== "capture" || this.dfg.definitions[to]?.kind !== "capture") continue;
        found.push(to);
        stack.push(to);
      }
    }
    return found;
  }

  /** The variable that is read at an offset of the text, as its use; the smallest one. */
  useAt(offset: number): Use | null {
    let found: Use | null = null;
    for (const use of this.dfg.uses) {
      if (offset < use.start || offset >= use.end) continue;
      if (found === null || use.end - use.start < found.end - found.start) found = use;
    }
    return found;
  }

  /** The binding behind a definition: of a capture what was captured. */
  binding(definition: number): number {
    let at = definition;
    while (this.dfg.definitions[at]?.kind === "capture") {
      const flow = this.flowsInto(at).find(({ kind }) => kind === "capture");
      if (flow === undefined) return at;
      at = flow.from;
    }
    return at;
  }

  /**
   * Bindings that nothing reads, for which Elixir warns; in the order of the text. Those that an unknown
   * macro may have made, from nothing that is seen, are left out.
   */
  unusedBindings(): readonly Definition[] {
    const merged = new Set<number>();
    for (const { from, to, kind } of this.dfg.flows) {
      if (kind === "phi" && this.dfg.definitions[to]?.name !== null) merged.add(from);
    }
    return this.dfg.definitions.filter(
      ({ kind, name }, index) =>
        kind === "pattern" &&
        name !== null &&
        !name.startsWith("_") &&
        !merged.has(index) &&
        this.graph.inEdges(index).length > 0 &&
        this.usesOf(index).length === 0,
    );
  }
}

export type SliceOptions = {
  /** follow what decides, too; default: only what becomes part of a value */
  readonly conditions?: boolean;
  /** flows of these kinds are not followed */
  readonly without?: ReadonlySet<FlowKind>;
  /** definitions on which it depends whether a definition is evaluated at all (`controllers`) */
  readonly control?: (definition: number) => readonly number[];
};

/** Definitions from which one of `seeds` may get a value, the seeds among them. */
export function backwardSlice(
  index: DfgIndex,
  seeds: readonly number[],
  options: SliceOptions = {},
): ReadonlySet<number> {
  const slice = new Set(seeds);
  for (const at of slice) {
    for (const flow of index.flowsInto(at)) if (follows(flow, options)) slice.add(flow.from);
    for (const decisive of options.control?.(at) ?? []) slice.add(decisive);
  }
  return slice;
}

/** Definitions that may get a value from one of `seeds`, the seeds among them. */
export function forwardSlice(
  index: DfgIndex,
  seeds: readonly number[],
  options: SliceOptions = {},
): ReadonlySet<number> {
  const { control } = options;
  const decided = control === undefined ? null : decidedBy(index, control);
  const slice = new Set(seeds);
  for (const at of slice) {
    for (const flow of index.flowsFrom(at)) if (follows(flow, options)) slice.add(flow.to);
    for (const dependent of decided?.get(at) ?? []) slice.add(dependent);
  }
  return slice;
}

function decidedBy(
  index: DfgIndex,
  control: (definition: number) => readonly number[],
): ReadonlyMap<number, readonly number[]> {
  const decided = new Map<number, number[]>();
  index.dfg.definitions.forEach((_, definition) => {
    for (const decisive of control(definition)) {
      const dependents = decided.get(decisive);
      if (dependents === undefined) decided.set(decisive, [definition]);
      else dependents.push(definition);
    }
  });
  return decided;
}

/** The flows of a shortest way from one definition to another; null when there is none. */
export function flowPath(
  index: DfgIndex,
  from: number,
  to: number,
  options: SliceOptions = {},
): readonly Flow[] | null {
  const cameBy = new Map<number, Flow | null>([[from, null]]);
  for (const [at] of cameBy) {
    if (at === to) break;
    for (const flow of index.flowsFrom(at)) {
      if (follows(flow, options) && !cameBy.has(flow.to)) cameBy.set(flow.to, flow);
    }
  }
  if (!cameBy.has(to)) return null;
  const path: Flow[] = [];
  for (let flow = cameBy.get(to); flow !== undefined && flow !== null;) {
    path.push(flow);
    flow = cameBy.get(flow.from);
  }
  return path.toReversed();
}

function follows(flow: Flow, { conditions = false, without }: SliceOptions): boolean {
  return (conditions || flow.kind !== "condition") && without?.has(flow.kind) !== true;
}
