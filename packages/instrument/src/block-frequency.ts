// How often each node of a function's CFG runs for one call of the function, estimated from the graph.
//
// After Wu and Larus, "Static Branch Frequency and Program Profile Analysis" (MICRO 1994), simplified:
// what reaches a node is split evenly over its ways out, exceptions are rare, and a loop's body runs
// `LOOP` times for one entry. Every number here is an assumption, and plans say so.

import { assertNever, Digraph } from "@elixirscope/base";
import { type Cfg, type CfgEdge, depthFirst } from "@elixirscope/codegraph";

/** Elements that a comprehension or an Enum function is assumed to take. */
export const LOOP = 10;
const EXCEPTION_WEIGHT = 0.01;
const TIMEOUT_WEIGHT = 0.1;

/** Visits per call of the function for each node, by index. */
export function blockFrequencies(cfg: Cfg): Float64Array {
  const followed = cfg.edges.filter((edge) => weightOf(edge) > 0);
  const graph = new Digraph(
    cfg.nodes.length,
    followed.map(({ from }) => from),
    followed.map(({ to }) => to),
  );
  const frequencies = new Float64Array(cfg.nodes.length);
  frequencies[cfg.entry] = 1;
  // without the edges that loop, reverse postorder has each node after all that lead to it
  for (const node of depthFirst(graph, cfg.entry).postorder.toReversed()) {
    const here = frequencies[node] ?? 0;
    const edges = Array.from(graph.outEdges(node)).flatMap((edge) => followed[edge] ?? []);
    const total = edges.reduce((sum, edge) => sum + weightOf(edge), 0);
    const generator = cfg.nodes[node]?.kind === "generator";
    for (const edge of edges) {
      const share = generator ? generatorShare(edge) : weightOf(edge) / total;
      frequencies[edge.to] = (frequencies[edge.to] ?? 0) + here * share;
    }
  }
  return frequencies;
}

/** A generator gives its elements one by one and is done once. */
function generatorShare(edge: CfgEdge): number {
  return edge.kind === "done" ? 1 : LOOP;
}

/** 0 for edges that are not followed: back edges, and closures, which run when they are called. */
function weightOf(edge: CfgEdge): number {
  switch (edge.kind) {
    case "loop":
    case "skip":
    case "closure":
      return 0;
    case "exception":
      return EXCEPTION_WEIGHT;
    case "timeout":
      return TIMEOUT_WEIGHT;
    case "next":
    case "true":
    case "false":
    case "match":
    case "no_match":
    case "guard_fail":
    case "message":
    case "done":
    case "after":
      return 1;
    default:
      return assertNever(edge.kind);
  }
}
