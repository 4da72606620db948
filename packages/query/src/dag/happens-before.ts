// The transitive reduction of a graph of events: an edge stays only when nothing else says the same.
//
// Vector clocks do it in one pass (Mattern, "Virtual Time and Global States of Distributed Systems", 1989):
// an event's clock holds, for each process, the latest event there that came before it. Events of one
// process are a chain, so "p came before q" is one look into q's clock. A clock is copied only where an
// event has heard of another process; along a chain it is shared, and only its own entry differs.

import { Digraph, topologicalOrder } from "@elixirscope/base";
import { assert } from "@elixirscope/base";
import type { AcyclicEvents, EventEdge, EventPoint } from "./event-graph.ts";

type Clock = ReadonlyMap<number, number>;

/** Program order is made of the points; `edges` are those between processes. */
export function withProgramOrder(
  points: readonly EventPoint[],
  edges: readonly EventEdge[],
): readonly EventEdge[] {
  const previous = new Map<number, number>();
  const order: EventEdge[] = [];
  for (const { id, pid } of points) {
    const before = previous.get(pid);
    if (before !== undefined) {
      order.push({ source: before, target: id, type: "program_order", confidence: "exact" });
    }
    previous.set(pid, id);
  }
  return [...order, ...edges];
}

export function reduced({ points, edges }: Pick<AcyclicEvents, "points" | "edges">): EventEdge[] {
  const places = new Map(points.map(({ id }, place) => [id, place]));
  const at = (event: number): number => places.get(event) ?? 0;
  const graph = new Digraph(
    points.length,
    edges.map(({ source }) => at(source)),
    edges.map(({ target }) => at(target)),
  );
  const order = topologicalOrder(graph);
  assert(order !== null, "a graph of events has a cycle");
  const clocks: (Clock | undefined)[] = [];
  const readers = Int32Array.from(points, (_, place) => graph.outEdges(place).length);
  const ranks = chainRanks(points);
  const kept: EventEdge[] = [];
  for (const place of order) {
    const incoming = [...graph.inEdges(place)].flatMap((edge) => edges[edge] ?? []);
    const sources = incoming.map(({ source }) => at(source));
    const knows = (other: number, source: number): boolean => {
      const pid = points[source]?.pid ?? 0;
      const known = other === source ? undefined : clocks[other]?.get(pid);
      // an event's own entry is told by its rank, so that chains can share a clock
      const own = points[other]?.pid === pid ? ranks[other] : known;
      return own !== undefined && own >= (ranks[source] ?? 0);
    };
    const seen = new Set<number>();
    incoming.forEach((edge, i) => {
      const source = sources[i] ?? 0;
      const isKnown = sources.some((other) => other !== source && knows(other, source));
      if (!isKnown && !seen.has(source)) kept.push(edge);
      seen.add(source);
    });
    clocks[place] = merged(sources, clocks, points, ranks, place);
    // only those that somebody will read are held
    for (const source of sources) {
      readers[source] = (readers[source] ?? 0) - 1;
      if (readers[source] === 0) clocks[source] = undefined;
    }
  }
  return kept.toSorted((a, b) => a.target - b.target || a.source - b.source);
}

/** The place of each event in its process. */
function chainRanks(points: readonly EventPoint[]): Int32Array {
  const counts = new Map<number, number>();
  return Int32Array.from(points, ({ pid }) => {
    const rank = counts.get(pid) ?? 0;
    counts.set(pid, rank + 1);
    return rank;
  });
}

function merged(
  sources: readonly number[],
  clocks: readonly (Clock | undefined)[],
  points: readonly EventPoint[],
  ranks: Int32Array,
  place: number,
): Clock {
  const pid = points[place]?.pid;
  const [only] = sources;
  if (sources.length === 0 || only === undefined) return new Map();
  if (sources.length === 1 && points[only]?.pid === pid) return clocks[only] ?? new Map();
  const clock = new Map<number, number>();
  const learn = (process: number, rank: number): void => {
    if (rank > (clock.get(process) ?? -1)) clock.set(process, rank);
  };
  for (const source of sources) {
    for (const [process, rank] of clocks[source] ?? []) learn(process, rank);
    learn(points[source]?.pid ?? 0, ranks[source] ?? 0);
  }
  return clock;
}
