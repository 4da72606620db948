// Values from where they were to where they went. Between processes: messages. Within a process: what the
// code says, where it was analysed and instrumented (`flow`); else values that are equal (`value`, inferred).

import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import type { Source } from "../sql.ts";
import type { DagBuilder, Pick } from "./builder.ts";
import { eventNode, type Graph } from "./dag.ts";
import { edgeNotes, eventEdge, EventGraph, type EventEdge } from "./event-graph.ts";
import { eventPoints, messageEdges } from "./event-rows.ts";
import { flowEdges } from "./flow-edges.ts";
import type { IdRange, Scope } from "./scope.ts";
import { partsOfEvent, valueEvents, valueNodes, type ValueEvent } from "./value-events.ts";
import { ValueTrail } from "./value-trail.ts";

const WITH_VALUES: readonly EventKind[] = [
  "call",
  "return",
  "exception",
  "send",
  "receive",
  "state",
  "bind",
  "branch",
  "value",
];
const CODES = WITH_VALUES.map((kind) => EVENT_KINDS.indexOf(kind));

export class DataFlowBuilder implements DagBuilder {
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
    const room = this.#graph.room;
    const { points, more } = await eventPoints(this.#source, this.#scope, ids, room, CODES);
    this.#more += more;
    for (const point of points) this.#graph.add(point);
    const last = points.at(-1)?.id;
    if (last === undefined) return;
    const taken = { after: ids.after, upTo: last };
    for (const edge of await messageEdges(this.#source, this.#scope, taken)) {
      this.#graph.connect(edge);
    }
  }

  async view(pick?: Pick): Promise<Graph> {
    const held = this.#graph.view();
    const events = await valueEvents(this.#source, held.points);
    const grown = new EventGraph(held.points.length);
    for (const point of held.points) grown.add(point);
    const flows = await flowEdges(this.#source, events);
    // where the code says it, equality has nothing to add
    const known = new Set(flows.map(({ target }) => target));
    const equal = equalValues(events).filter(({ target }) => !known.has(target));
    for (const edge of [...held.edges, ...flows, ...equal]) grown.connect(edge);
    const { points, edges, contradicting } = grown.view();
    const connected = new Set(edges.flatMap(({ source, target }) => [source, target]));
    const shown = points.filter(({ id }) => connected.has(id) || id === this.#scope.focus?.event);
    const alone = points.length - shown.length;
    const drawn = edges.map(eventEdge);
    const kept = pick?.(drawn).kept;
    const wanted = shown.filter(({ id }) => kept?.has(eventNode(id)) !== false);
    return {
      nodes: await valueNodes(this.#source, wanted, events),
      edges: drawn,
      more: this.#more,
      notes: [
        ...edgeNotes({ contradicting }),
        ...(alone === 0
          ? []
          : [`${alone} events share no value with another, or one too common to tell`]),
        ...(flows.length > 0
          ? []
          : [
              "within a process values were followed by equality alone: the code was not analysed, or not instrumented",
            ]),
      ],
    };
  }
}

/**
 * What a call sees is what happened in itself: its arguments, what it received or bound, and the results of
 * calls that it made. A process outside of calls is one such place: it has its messages and its state.
 */
function equalValues(events: readonly ValueEvent[]): readonly EventEdge[] {
  const places = new Map<number, ValueTrail>();
  const placeOf = (frame: number | null, pid: number): ValueTrail => {
    const key = frame ?? -pid;
    const place = places.get(key) ?? new ValueTrail();
    places.set(key, place);
    return place;
  };
  const edges: EventEdge[] = [];
  for (const event of events) {
    const { id, kind, pid, call, frame } = event;
    const outer = placeOf(frame, pid);
    const inner = call === null ? outer : placeOf(call, pid);
    const [from, to] = kind === "call" ? [outer, inner] : [inner, outer];
    const parts = partsOfEvent(event);
    // what was received comes from its sender, and what was sent goes to its receiver
    if (kind !== "receive") {
      for (const [source, label] of from.sources(parts)) {
        edges.push({ source, target: id, type: "value", confidence: "inferred", label });
      }
    }
    if (kind !== "send") to.hold(id, parts);
    if (call !== null && kind !== "call") places.delete(call);
  }
  return edges;
}
