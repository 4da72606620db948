// What leads to a node and what it leads to, nearest first: breadth first, one step back and one step on in turn.

import type { DagEdge, Graph } from "./dag.ts";

type Bounds = { readonly depth: number; readonly limit: number };

export type Cone = {
  readonly kept: ReadonlySet<string>;
  /** nodes that the bounds left out */
  readonly more: number;
};

export function cone(edges: readonly DagEdge[], focus: string, { depth, limit }: Bounds): Cone {
  const back = neighbours(edges, (edge) => [edge.target, edge.source]);
  const on = neighbours(edges, (edge) => [edge.source, edge.target]);
  const kept = new Set([focus]);
  const reached = new Set([focus]);
  let fronts = [
    { steps: back, front: [focus], seen: new Set([focus]) },
    { steps: on, front: [focus], seen: new Set([focus]) },
  ];
  for (let step = 1; fronts.some(({ front }) => front.length > 0); step += 1) {
    fronts = fronts.map(({ steps, front, seen }) => {
      const next = front.flatMap((node) => steps.get(node) ?? []).filter((node) => !seen.has(node));
      for (const node of next) {
        seen.add(node);
        reached.add(node);
        if (step <= depth && kept.size < limit) kept.add(node);
      }
      return { steps, front: [...new Set(next)], seen };
    });
  }
  return { kept, more: reached.size - kept.size };
}

/** Only what is in the cone. */
export function inside(graph: Graph, { kept, more }: Cone): Graph {
  return {
    ...graph,
    nodes: graph.nodes.filter(({ id }) => kept.has(id)),
    edges: graph.edges.filter(({ source, target }) => kept.has(source) && kept.has(target)),
    more,
  };
}

function neighbours(
  edges: readonly DagEdge[],
  ends: (edge: DagEdge) => readonly [from: string, to: string],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const edge of edges) {
    const [from, to] = ends(edge);
    const list = found.get(from);
    if (list === undefined) found.set(from, [to]);
    else list.push(to);
  }
  return found;
}
