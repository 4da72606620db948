// The code's data flow joined with what ran: a variable of the code with the event that bound it in the same
// frame, a call of the code with the events of that call.

import type { Source } from "../sql.ts";
import type { EventEdge } from "./event-graph.ts";
import { isAt, StaticFlow, type FunctionKey, type Origin, type Recorded } from "./static-flow.ts";
import type { ValueEvent } from "./value-events.ts";

/** What happened so far in a frame. */
type Frame = {
  readonly function: FunctionKey | null;
  readonly events: ValueEvent[];
};

/** `events` by id. */
export async function flowEdges(
  source: Source,
  events: readonly ValueEvent[],
): Promise<readonly EventEdge[]> {
  const functions = new Set(events.flatMap(({ site }) => (site === null ? [] : [site.function])));
  const flow = await StaticFlow.of(source, [...functions]);
  if (flow.isEmpty) return [];
  const frames = new Map<number, Frame>();
  const edges: EventEdge[] = [];
  for (const event of events) {
    const { kind, call } = event;
    const outer = frames.get(event.frame ?? 0);
    if (call === null || kind === "call") {
      if (outer !== undefined) edges.push(...edgesInto(event, outer, flow));
    } else {
      const own = frames.get(call);
      if (own !== undefined) edges.push(...resultEdges(event, own, flow));
      frames.delete(call);
    }
    // for its caller a call begins with its arguments and is over with its result
    outer?.events.push(event);
    if (kind === "call" && call !== null) {
      frames.set(call, { function: event.site?.function ?? null, events: [event] });
    }
  }
  return edges;
}

function edgesInto(event: ValueEvent, frame: Frame, flow: StaticFlow): readonly EventEdge[] {
  const { site, kind } = event;
  const isRecorded = recordedIn(frame);
  if (kind === "call") {
    if (frame.function === null || event.function === null) return [];
    return joined(event, frame, flow.ofArguments(frame.function, event.function, isRecorded));
  }
  if (site === null) return [];
  if (kind === "send")
    return joined(event, frame, flow.ofValue(site.function, site.nodeId, isRecorded));
  if (kind !== "bind" && kind !== "branch") return [];
  const names = new Set(site.names.flatMap((name) => (name === null ? [] : [name])));
  return joined(event, frame, flow.ofBinding(site.function, site.nodeId, names, isRecorded));
}

function resultEdges(event: ValueEvent, frame: Frame, flow: StaticFlow): readonly EventEdge[] {
  if (event.site === null) return [];
  return joined(
    event,
    frame,
    flow.ofValue(event.site.function, event.site.nodeId, recordedIn(frame)),
  );
}

function recordedIn({ events }: Frame): Recorded {
  return (callee) => events.some((event) => event.kind === "return" && event.function === callee);
}

/** An origin is the latest event of the frame that can have been it; one edge tells all that came from there. */
function joined(event: ValueEvent, frame: Frame, origins: readonly Origin[]): readonly EventEdge[] {
  const found = new Map<number, { readonly labels: string[]; isSure: boolean }>();
  for (const origin of origins) {
    const from = frame.events.findLast((one) => one.id < event.id && isOrigin(one, origin));
    if (from === undefined) continue;
    const edge = found.get(from.id) ?? { labels: [], isSure: true };
    found.set(from.id, edge);
    edge.labels.push(origin.kind === "variable" ? (origin.name ?? "argument") : "result");
    edge.isSure &&= origin.sure;
  }
  return [...found].map(([source, { labels, isSure }]) => ({
    source,
    target: event.id,
    type: "flow",
    confidence: isSure ? "exact" : "inferred",
    label: labels.toSorted().join(", "),
  }));
}

function isOrigin({ kind, site, function: fun }: ValueEvent, origin: Origin): boolean {
  if (origin.kind === "result") return kind === "return" && fun === origin.callee;
  if (kind !== "call" && kind !== "bind" && kind !== "branch") return false;
  if (site === null || !isAt(origin.nodeId, site.nodeId)) return false;
  return origin.name === null ? kind === "call" : site.names.includes(origin.name);
}
