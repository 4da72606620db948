// Enumerating paths, within bounds that hold whatever the graph: how many, how long, how often through
// the same node.
//
// Depth first. A step is taken only if an exit can still be reached from there through nodes that are
// not used up and within the length, so that no time goes into ends that lead nowhere.

import { type Digraph, stronglyConnected } from "@elixirscope/base";

export type PathLimits = {
  /** how many paths at most; default 1,000 */
  readonly maxPaths?: number;
  /** how often a path may be at the same node: 2 goes round a loop once; default 2 */
  readonly maxVisits?: number;
  /** edges of a path at most; default 10,000 */
  readonly maxLength?: number;
};

/** Edge indexes, from the start to an exit. */
export type Path = readonly number[];

/** Paths from `start` to one of `exits` (which end them), edges of a node in their order. */
export function* paths(
  graph: Digraph,
  start: number,
  exits: readonly number[],
  limits: PathLimits = {},
): Generator<Path, void, void> {
  const { maxPaths = 1000, maxVisits = 2, maxLength = 10_000 } = limits;
  if (maxPaths < 1 || maxVisits < 1) return;
  const search = new Search(graph, exits, maxVisits);
  if (!search.reaches(start, maxLength)) return;
  const path: number[] = [];
  const tried: number[] = [];
  let node = start;
  let next = 0;
  let yielded = 0;
  search.enter(start);
  for (;;) {
    const edge = search.isExit(node) ? undefined : graph.outEdges(node)[next];
    if (edge !== undefined) {
      const to = graph.to[edge] ?? 0;
      next += 1;
      if (!search.reaches(to, maxLength - path.length - 1)) continue;
      path.push(edge);
      tried.push(next);
      search.enter(to);
      node = to;
      next = 0;
      continue;
    }
    if (search.isExit(node)) {
      yield [...path];
      yielded += 1;
      if (yielded >= maxPaths) return;
    }
    search.leave(node);
    const last = path.pop();
    if (last === undefined) return;
    node = graph.from[last] ?? 0;
    next = tried.pop() ?? 0;
  }
}

/** How far the exits are, through nodes that may still be visited. */
class Search {
  readonly #graph: Digraph;
  readonly #exits: readonly number[];
  readonly #isExit: Uint8Array;
  /** only nodes on cycles are ever come back to */
  readonly #isCyclic: Uint8Array;
  readonly #maxVisits: number;
  readonly #visits: Int32Array;
  readonly #distance: Int32Array;
  #stale = true;

  constructor(graph: Digraph, exits: readonly number[], maxVisits: number) {
    this.#graph = graph;
    this.#exits = exits;
    this.#maxVisits = maxVisits;
    this.#isExit = new Uint8Array(graph.size);
    for (const exit of exits) this.#isExit[exit] = 1;
    this.#isCyclic = new Uint8Array(graph.size);
    const { of } = stronglyConnected(graph);
    graph.to.forEach((to, edge) => {
      const from = graph.from[edge] ?? 0;
      if (of[from] === of[to]) this.#isCyclic[from] = this.#isCyclic[to] = 1;
    });
    this.#visits = new Int32Array(graph.size);
    this.#distance = new Int32Array(graph.size);
  }

  isExit(node: number): boolean {
    return this.#isExit[node] === 1;
  }

  reaches(node: number, within: number): boolean {
    if ((this.#visits[node] ?? 0) >= this.#maxVisits) return false;
    if (this.#stale) this.#measure();
    const distance = this.#distance[node] ?? -1;
    return distance !== -1 && distance <= within;
  }

  enter(node: number): void {
    this.#count(node, 1);
  }

  leave(node: number): void {
    this.#count(node, -1);
  }

  #count(node: number, change: 1 | -1): void {
    if (this.#isCyclic[node] === 0) return;
    const before = this.#visits[node] ?? 0;
    this.#visits[node] = before + change;
    if (Math.max(before, before + change) === this.#maxVisits) this.#stale = true;
  }

  /** Breadth first from the exits, against the edges. */
  #measure(): void {
    const graph = this.#graph;
    const distance = this.#distance.fill(-1);
    const queue = [...this.#exits];
    for (const exit of queue) distance[exit] = 0;
    for (const node of queue) {
      for (const edge of graph.inEdges(node)) {
        const from = graph.from[edge] ?? 0;
        if (distance[from] !== -1 || (this.#visits[from] ?? 0) >= this.#maxVisits) continue;
        distance[from] = (distance[node] ?? 0) + 1;
        queue.push(from);
      }
    }
    this.#stale = false;
  }
}
