// A control-flow graph as a digraph, and what follows from its shape. Indexes of nodes and edges are
// those of the Cfg.
//
// Nearly every call may raise, so that over all edges hardly anything post-dominates anything. The view
// `returning` leaves out the exceptions that leave the function from a place that can also go on.

import { type ControlDependence, controlDependences } from "../graph/control-dependence.ts";
import { Digraph } from "@elixirscope/base";
import {
  type DominatorTree,
  type PostDominatorTree,
  dominators,
  postDominators,
} from "../graph/dominators.ts";
import { type LoopForest, naturalLoops } from "../graph/loops.ts";
import { type Path, type PathLimits, paths } from "../graph/paths.ts";
import type { Cfg, CfgNode, CfgNodeKind } from "./cfg.ts";

export type CfgView = "all" | "returning";

/** The edges of the view; in `returning` an edge that is left out is a loop at its origin. */
export function cfgDigraph(cfg: Cfg, view: CfgView = "all"): Digraph {
  const from = cfg.edges.map((edge) => edge.from);
  if (view === "all")
    return new Digraph(
      cfg.nodes.length,
      from,
      cfg.edges.map((edge) => edge.to),
    );
  const goesOn = new Set(cfg.edges.filter((edge) => !leaves(cfg, edge)).map((edge) => edge.from));
  const to = cfg.edges.map((edge) =>
    leaves(cfg, edge) && goesOn.has(edge.from) ? edge.from : edge.to,
  );
  return new Digraph(cfg.nodes.length, from, to);
}

function leaves(cfg: Cfg, { kind, to }: Cfg["edges"][number]): boolean {
  return kind === "exception" && to === cfg.errorExit;
}

export function cfgDominators(cfg: Cfg): DominatorTree {
  return dominators(cfgDigraph(cfg), cfg.entry);
}

/** The virtual exit joins `exit`, `error_exit` and waits without an end. */
export function cfgPostDominators(cfg: Cfg, view: CfgView = "all"): PostDominatorTree {
  return postDominators(cfgDigraph(cfg, view), [cfg.exit, cfg.errorExit]);
}

export function cfgControlDependences(
  cfg: Cfg,
  view: CfgView = "returning",
): readonly ControlDependence[] {
  const graph = cfgDigraph(cfg, view);
  const tree = postDominators(graph, [cfg.exit, cfg.errorExit]);
  return controlDependences(graph, tree).filter(
    ({ edge }) => graph.to[edge] === cfg.edges[edge]?.to,
  );
}

export function cfgLoops(cfg: Cfg): LoopForest {
  return naturalLoops(cfgDigraph(cfg), cfg.entry);
}

/** Paths from the entry to either exit, as indexes of edges. */
export function cfgPaths(cfg: Cfg, limits: PathLimits = {}): Generator<Path, void, void> {
  return paths(cfgDigraph(cfg), cfg.entry, [cfg.exit, cfg.errorExit], limits);
}

/**
 * Nodes that no execution reaches, in order: code behind a clause that takes everything or behind a
 * `raise`. A copy of an `after`, a dispatch or an exit that nothing leads to is no code of its own.
 */
export function unreachableNodes(cfg: Cfg): readonly number[] {
  const { idom } = cfgDominators(cfg);
  const unreached = cfg.nodes.flatMap(({ kind }, index) =>
    idom[index] === -1 && !STRUCTURAL.has(kind) ? [index] : [],
  );
  if (unreached.length === 0) return [];
  const reached = new Set(
    cfg.nodes.flatMap((node, index) => (idom[index] === -1 ? [] : [placeOf(node)])),
  );
  return unreached.filter((index) => {
    const node = cfg.nodes[index];
    return node !== undefined && !reached.has(placeOf(node));
  });
}

const STRUCTURAL: ReadonlySet<CfgNodeKind> = new Set([
  "exit",
  "error_exit",
  "dispatch",
  "join",
  "no_match",
]);

/** Equal for copies of the same code. */
function placeOf({ kind, start, end }: CfgNode): string {
  return `${kind} ${start} ${end}`;
}
