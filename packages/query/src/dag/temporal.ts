// What happened before what: the events of each process in their order, and the messages, spawns, links and
// signals between processes, without what follows from the rest.

import type { LinkType } from "@elixirscope/trace";
import type { Source } from "../sql.ts";
import type { DagBuilder, Pick } from "./builder.ts";
import { eventNode, type Graph } from "./dag.ts";
import { acyclic, edgeNotes, eventEdge, EventGraph } from "./event-graph.ts";
import { eventNodes } from "./event-labels.ts";
import { eventPoints, linkEdges, messageEdges } from "./event-rows.ts";
import { reduced, withProgramOrder } from "./happens-before.ts";
import type { IdRange, Scope } from "./scope.ts";

/** A reply and a state follow from messages and the order in their processes. */
const LINKS: readonly LinkType[] = ["spawn", "link", "monitor", "exit"];

export class TemporalBuilder implements DagBuilder {
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
    const last = points.at(-1)?.id;
    if (last === undefined) return;
    const taken = { after: ids.after, upTo: more === 0 ? ids.upTo : last };
    const edges = await Promise.all([
      messageEdges(this.#source, this.#scope, taken),
      linkEdges(this.#source, this.#scope, taken, LINKS),
    ]);
    for (const edge of edges.flat()) this.#graph.connect(edge);
  }

  async view(pick?: Pick): Promise<Graph> {
    const { points, edges } = this.#graph.view();
    const whole = acyclic(points, withProgramOrder(points, edges));
    const shown = reduced(whole).map(eventEdge);
    const kept = pick?.(shown).kept;
    const wanted = points.filter(({ id }) => kept?.has(eventNode(id)) !== false);
    return {
      nodes: await eventNodes(this.#source, wanted),
      edges: shown,
      more: this.#more,
      notes: edgeNotes(whole),
    };
  }
}
