// Where a syntax node stands in the CFG. The two graphs meet by the range of text; a construct's entry
// and the join behind it have the same range, and φ belongs to the join.

import type { Cfg, CfgNode } from "./cfg.ts";
import type { DefinitionKind, Dfg } from "./dfg.ts";

type Range = { readonly start: number; readonly end: number };

export type CfgPlaces = {
  /** undefined when the CFG has no node for exactly this text */
  at(range: Range, kind: DefinitionKind): number | undefined;
  /** where the function, or the closure of this text, begins and returns */
  ends(closure: Range | null): { readonly entry: number; readonly exit: number };
};

/** Of the function's graph and of its closures': an index counts in the graph that holds the text. */
export function cfgPlaces(cfg: Cfg): CfgPlaces {
  const nodes = new Map<number, number>();
  const joins = new Map<number, number>();
  const closures = new Map<number, Cfg>();
  const graphs = [cfg];
  for (const graph of graphs) {
    graph.nodes.forEach((node, index) => {
      const places = node.kind === "join" ? joins : nodes;
      const key = keyOf(node);
      if (hasPlace(node) && !places.has(key)) places.set(key, index);
    });
    for (const closure of graph.closures) {
      graphs.push(closure.cfg);
      const at = graph.nodes[closure.at];
      if (at !== undefined) closures.set(keyOf(at), closure.cfg);
    }
  }
  return {
    ends(closure) {
      const graph = closure === null ? cfg : closures.get(keyOf(closure));
      return { entry: graph?.entry ?? -1, exit: graph?.exit ?? -1 };
    },
    at(range, kind) {
      const key = keyOf(range);
      const [first, second] = kind === "phi" ? [joins, nodes] : [nodes, joins];
      return first.get(key) ?? second.get(key);
    },
  };
}

/** The graph that the CFG indexes of `closure`'s definitions count in. */
export function closureCfg(cfg: Cfg, dfg: Dfg, closure: number): Cfg | null {
  const range = dfg.closures[closure];
  if (range === undefined) return cfg;
  const graphs = [cfg];
  for (let graph = graphs.pop(); graph !== undefined; graph = graphs.pop()) {
    for (const child of graph.closures) {
      const at = graph.nodes[child.at];
      if (at?.start === range.start && at.end === range.end) return child.cfg;
      graphs.push(child.cfg);
    }
  }
  return null;
}

/** Offsets stay below 2^26, so that both fit one exact number. */
function keyOf(range: Range): number {
  return range.start * 2 ** 26 + (range.end - range.start);
}

function hasPlace(node: CfgNode): boolean {
  return node.end > node.start && node.kind !== "no_match" && node.kind !== "exit";
}
