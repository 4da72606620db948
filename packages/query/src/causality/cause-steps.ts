// A part of a cause graph in words: its events nearest to the one asked about, told as steps.

import { styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { backward } from "./backward.ts";
import type { CauseGraph, WalkOptions } from "./cause-graph.ts";
import { eventSteps } from "./event-steps.ts";
import { forward } from "./forward.ts";
import type { StoryStep } from "@elixirscope/wire";

export type CauseSteps = Omit<CauseGraph, "events"> & {
  /** all events of the graph, in order */
  readonly events: readonly number[];
  /** those that are told: nearest to the event, in order */
  readonly steps: readonly StoryStep[];
};

/** Null: there is no such event. At most `told` events are put in words, at most `limit` are walked. */
export async function causeSteps(
  source: Source,
  event: number,
  direction: CauseGraph["direction"],
  { told, ...options }: WalkOptions & { readonly told: number },
): Promise<CauseSteps | null> {
  const walk = direction === "causes" ? backward : forward;
  const graph = await walk(source, event, options);
  if (graph === null) return null;
  const shown = direction === "causes" ? graph.events.slice(-told) : graph.events.slice(0, told);
  // the first edge on the way: what led to an event when looking on, what it led to when looking back
  const because = new Map(graph.edges.map((edge) => [edge.target, edge]));
  const steps = await eventSteps(source, shown, because, styleOf(source.manifest));
  return { ...graph, steps };
}
