// What caused what, as a graph: around one event, or for all events of a range.

import { backward } from "../causality/backward.ts";
import { causesOf } from "../causality/edges.ts";
import { forward } from "../causality/forward.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import type { DagBuilder } from "./builder.ts";
import type { Graph } from "./dag.ts";
import { edgeNotes, eventEdge, EventGraph, type EventPoint } from "./event-graph.ts";
import { eventNodes } from "./event-labels.ts";
import { eventPoints } from "./event-rows.ts";
import type { IdRange, Scope } from "./scope.ts";

const RECENT = 500;

export class CausalityBuilder implements DagBuilder {
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #graph: EventGraph;
  /** their causes are asked for once more: some are known late */
  #recent: readonly number[] = [];
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
    const asked = [...this.#recent, ...points.map(({ id }) => id)];
    const edges = await causesOf(this.#source, asked);
    this.#recent = asked.slice(-RECENT);
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

/** Causes of causes and effects of effects, the nearest first; up to `limit` of each. */
export async function causalityAround(
  source: Source,
  event: number,
  { limit }: Pick<Scope, "limit">,
): Promise<Graph> {
  const walks = [await backward(source, event, { limit }), await forward(source, event, { limit })];
  const found = walks.flatMap((walk) => walk ?? []);
  const graph = new EventGraph(2 * limit);
  for (const point of await pointsOf(source, [...new Set(found.flatMap(({ events }) => events))])) {
    graph.add(point);
  }
  for (const edge of found.flatMap(({ edges }) => edges)) graph.connect(edge);
  const view = await graphOf(source, graph, 0);
  const cut = found.flatMap(({ truncated, direction }) =>
    truncated ? [`there are more ${direction} than ${limit}: those beyond were not counted`] : [],
  );
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
