// Cyclomatic complexity (Thomas McCabe, 1976) over the control-flow graph, closures included.
//
// McCabe's E − N + 2 of a graph with one entry and one exit is 1 + Σ(ways out − 1) over its nodes. Ways
// that nobody wrote are left out: implicit errors (no clause matched) and the exceptions that any
// call may raise; a `rescue` or `catch` counts once where control can arrive at it. The copies that
// the graph makes of an `after` block count once. Which default arguments are used the caller decides.

import { pushAll } from "@elixirscope/base";
import type { Cfg, CfgEdge, CfgNode } from "../flow/cfg.ts";

export function cyclomatic(cfg: Cfg): number {
  let decisions = 0;
  const pending = [cfg];
  for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
    decisions += decisionsIn(graph);
    pushAll(
      pending,
      graph.closures.map((closure) => closure.cfg),
    );
  }
  return decisions + 1;
}

function decisionsIn(cfg: Cfg): number {
  const ways = new Uint32Array(cfg.nodes.length);
  const handlers = new Set<CfgNode>();
  const arrived = new Set<CfgNode>();
  for (const edge of cfg.edges) {
    const target = cfg.nodes[edge.to];
    if (target === undefined) continue;
    if (edge.kind === "exception") {
      if (isWritten(target)) handlers.add(target);
    } else if (isChoice(edge, target, cfg)) {
      ways[edge.from] = (ways[edge.from] ?? 0) + 1;
      arrived.add(target);
    }
  }
  const decisions = new Map<string, number>();
  for (const [index, node] of cfg.nodes.entries()) {
    const more = (ways[index] ?? 0) - 1;
    if (more > 0) decisions.set(placeOf(node), more);
  }
  let total = handlers.size === 0 ? 0 : ownHandlers(handlers, arrived);
  for (const more of decisions.values()) total += more;
  return total;
}

/** Handlers at which control arrives by exceptions alone: an `after` block is none. */
function ownHandlers(handlers: ReadonlySet<CfgNode>, arrived: ReadonlySet<CfgNode>): number {
  const others = new Set([...arrived].map(placeOf));
  const places = new Set([...handlers].map(placeOf));
  return [...places].filter((place) => !others.has(place)).length;
}

function isChoice(edge: CfgEdge, target: CfgNode, cfg: Cfg): boolean {
  if (edge.kind === "closure" || edge.error !== null || edge.from === cfg.entry) return false;
  return edge.to !== cfg.errorExit && isWritten(target);
}

function isWritten(node: CfgNode): boolean {
  return node.kind !== "no_match" && node.kind !== "error_exit";
}

/** Equal for copies of the same code. */
function placeOf(node: CfgNode): string {
  return `${node.kind} ${node.start} ${node.end} ${node.clause}`;
}
