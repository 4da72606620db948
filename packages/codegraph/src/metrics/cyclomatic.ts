// Cyclomatic complexity (Thomas McCabe, 1976) over the control-flow graph, closures included.
//
// McCabe's E − N + 2 of a graph with one entry and one exit is 1 + Σ(ways out − 1) over its nodes. Ways
// that nobody wrote are left out: implicit errors (no clause matched) and the exceptions that any
// call may raise; a `rescue` or `catch` counts once where control can arrive at it. The copies that
// the graph makes of an `after` block count once. Which default arguments are used the caller decides.

import type { Cfg, CfgEdge, CfgNode } from "../flow/cfg.ts";

export function cyclomatic(cfg: Cfg): number {
  let decisions = 0;
  const pending = [cfg];
  for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
    decisions += decisionsIn(graph);
    pending.push(...graph.closures.map((closure) => closure.cfg));
  }
  return decisions + 1;
}

function decisionsIn(cfg: Cfg): number {
  const ways = new Map<number, Set<string>>();
  const handlers = new Set<string>();
  /** places at which control also arrives without an exception: `after` blocks are no handlers */
  const arrivals = new Set<string>();
  for (const edge of cfg.edges) {
    const target = cfg.nodes[edge.to];
    const source = cfg.nodes[edge.from];
    if (target === undefined || source === undefined) continue;
    if (edge.kind === "exception") {
      if (isWritten(target) && edge.to !== cfg.errorExit) handlers.add(placeOf(target));
    } else if (isChoice(edge, target, cfg)) {
      arrivals.add(placeOf(target));
      const from = ways.get(edge.from) ?? new Set();
      from.add(`${edge.kind} ${edge.to}`);
      ways.set(edge.from, from);
    }
  }
  const decisions = new Map<string, number>();
  for (const [index, from] of ways) {
    const node = cfg.nodes[index];
    if (node !== undefined) decisions.set(placeOf(node), from.size - 1);
  }
  let total = 0;
  for (const handler of handlers) if (!arrivals.has(handler)) total += 1;
  for (const more of decisions.values()) total += more;
  return total;
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
