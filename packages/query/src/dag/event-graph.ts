// A graph whose nodes are events, grown row by row; what it looks like is worked out when it is asked for.
//
// It is acyclic whatever the rows say: of the edges on a cycle those go that point against the order in
// which the events were numbered. Two ends of one thing can be numbered either way round (clocks and
// mailboxes of schedulers differ), so an edge is not left out for that alone.

import { Digraph, stronglyConnected } from "@elixirscope/base";
import type { Confidence } from "@elixirscope/trace";
import { edgeId, eventNode, type DagEdge } from "./dag.ts";

export type EventPoint = {
  readonly id: number;
  readonly t: number;
  readonly pid: number;
  readonly kind: number;
};

export type EventEdge = {
  readonly source: number;
  readonly target: number;
  readonly type: string;
  readonly confidence: Confidence;
  readonly label?: string;
};

export class EventGraph {
  readonly #limit: number;
  readonly #points = new Map<number, EventPoint>();
  readonly #edges = new Map<string, EventEdge>();
  /** events that found no room */
  more: number = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get room(): number {
    return Math.max(0, this.#limit - this.#points.size);
  }

  has(event: number): boolean {
    return this.#points.has(event);
  }

  /** False when there is no room. */
  add(point: EventPoint): boolean {
    if (this.#points.has(point.id)) return true;
    if (this.room === 0) {
      this.more += 1;
      return false;
    }
    this.#points.set(point.id, point);
    return true;
  }

  /** Ends that are no nodes yet may become some later. */
  connect(edge: EventEdge): void {
    if (edge.source === edge.target) return;
    const key = edgeId(edge.type, eventNode(edge.source), eventNode(edge.target));
    if (!this.#edges.has(key)) this.#edges.set(key, edge);
  }

  view(): AcyclicEvents {
    const points = [...this.#points.values()].toSorted((a, b) => a.id - b.id);
    const edges = [...this.#edges.values()]
      .filter(({ source, target }) => this.#points.has(source) && this.#points.has(target))
      .toSorted((a, b) => a.target - b.target || a.source - b.source);
    return acyclic(points, edges, this.#edges.size - edges.length);
  }
}

export type AcyclicEvents = {
  /** by id */
  readonly points: readonly EventPoint[];
  readonly edges: readonly EventEdge[];
  /** edges that were left out because they closed a cycle */
  readonly contradicting: number;
  /** edges with one end only in the graph */
  readonly dangling: number;
};

export function acyclic(
  points: readonly EventPoint[],
  edges: readonly EventEdge[],
  dangling = 0,
): AcyclicEvents {
  const places = new Map(points.map(({ id }, place) => [id, place]));
  const from = edges.map(({ source }) => places.get(source) ?? 0);
  const to = edges.map(({ target }) => places.get(target) ?? 0);
  const { of } = stronglyConnected(new Digraph(points.length, from, to));
  const kept = edges.filter((edge, at) => {
    const isOnCycle = of[from[at] ?? 0] === of[to[at] ?? 0];
    return !isOnCycle || edge.source < edge.target;
  });
  return { points, edges: kept, contradicting: edges.length - kept.length, dangling };
}

export function eventEdge({ source, target, type, confidence, label }: EventEdge): DagEdge {
  const [from, to] = [eventNode(source), eventNode(target)];
  const edge = { id: edgeId(type, from, to), source: from, target: to, type, confidence };
  return label === undefined ? edge : { ...edge, label };
}

export function edgeNotes({ contradicting }: Pick<AcyclicEvents, "contradicting">): string[] {
  if (contradicting === 0) return [];
  return [`${contradicting} edges were left out: they contradict the order of the other events`];
}
