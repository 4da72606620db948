// What caused what, as a graph: around one event, or for all events of a range.

import { causesOf, effectsOf, type CauseEdge } from "../causality/edges.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import type { Graph } from "./dag.ts";
import { edgeNotes, eventEdge, EventGraph, type EventPoint } from "./event-graph.ts";
import { eventNodes } from "./event-labels.ts";
import { eventPoints } from "./event-rows.ts";
import type { IdRange, Scope } from "./scope.ts";

export class CausalityBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #graph: EventGraph;
  #more = 0;

  constructor(source: Source, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
    this.#graph = new EventGraph(scope.limit);
  }

  async take(ids: IdRange): Promise<void> {
    const { points, more } = await eventPoints(this.#source, this.#scope, ids, this.#graph.room);
    this.#more += more;
    for (const point of points) this.#graph.add(point);
    const edges = await causesOf(
      this.#source,
      points.map(({ id }) => id),
    );
    for (const edge of edges) this.#graph.connect(edge);
  }

  async view(): Promise<Graph> {
    return await graphOf(this.#source, this.#graph, this.#more);
  }
}

async function graphOf(source: Source, graph: EventGraph, more: number): Promise<Graph> {
  const whole = graph.view();
  return {
    nodes: await eventNodes(source, whole.points),
    edges: whole.edges.map(eventEdge),
    more,
    notes: edgeNotes(whole),
  };
}

/** Causes of causes and effects of effects, the nearest first. */
export async function causalityAround(
  source: Source,
  event: number,
  { depth, limit }: Pick<Scope, "depth" | "limit">,
): Promise<Graph> {
  const kept = new Set([event]);
  const edges: CauseEdge[] = [];
  let fronts = [
    { ask: causesOf, next: (edge: CauseEdge) => edge.source, front: [event] },
    { ask: effectsOf, next: (edge: CauseEdge) => edge.target, front: [event] },
  ];
  const left = new Set<number>();
  for (let step = 1; step <= depth && fronts.some(({ front }) => front.length > 0); step += 1) {
    const found = await Promise.all(fronts.map(({ ask, front }) => ask(source, front)));
    fronts = fronts.map(({ ask, next, front }, at) => {
      const asked = new Set(front);
      const news = new Set<number>();
      for (const edge of found[at] ?? []) {
        edges.push(edge);
        const other = next(edge);
        if (kept.has(other) || asked.has(other)) continue;
        if (kept.size < limit) {
          kept.add(other);
          news.add(other);
        } else {
          left.add(other);
        }
      }
      return { ask, next, front: [...news] };
    });
  }
  const graph = new EventGraph(limit);
  for (const point of await pointsOf(source, [...kept])) graph.add(point);
  for (const edge of edges) graph.connect(edge);
  const view = await graphOf(source, graph, left.size);
  const cut =
    left.size > 0 ? ["further causes or effects of what was left out are not counted"] : [];
  return { ...view, notes: [...view.notes, ...cut] };
}

async function pointsOf(source: Source, events: readonly number[]): Promise<readonly EventPoint[]> {
  const rows = await select(
    source,
    sql`SELECT id::DOUBLE, t::DOUBLE, coalesce(pid, 0), kind FROM raw.events WHERE id IN ${events}`,
  );
  return rows.map((row) => ({
    id: asNumber(row[0]),
    t: asNumber(row[1]),
    pid: asNumber(row[2]),
    kind: asNumber(row[3]),
  }));
}
