// From an event back to its roots: everything that led to it, nearest first, up to a limit.
//
// What is at hand is walked to its end before anything is loaded, so a chain of 10,000 events costs a few queries.

import type { Source } from "../sql.ts";
import { CauseWindow } from "./cause-window.ts";
import { DEFAULT_WALK_LIMIT, Reached, type CauseGraph, type WalkOptions } from "./cause-graph.ts";
import { eventExists, walkLimits } from "./walk-limits.ts";

/** Null: there is no such event. */
export async function backward(
  source: Source,
  event: number,
  { limit = DEFAULT_WALK_LIMIT, signal }: WalkOptions = {},
): Promise<CauseGraph | null> {
  if (!(await eventExists(source, event))) return null;
  const window = new CauseWindow(source, "graph");
  const reached = new Reached(event, limit);
  let ready = [event];
  while (ready.length > 0) {
    signal?.throwIfAborted();
    const missing: number[] = [];
    for (let at = 0; at < ready.length; at++) {
      const here = ready[at] ?? 0;
      const edges = window.into(here);
      if (edges === undefined) missing.push(here);
      else if (edges.length === 0) reached.ends.push(here);
      for (const edge of edges ?? []) {
        if (reached.follow(edge, edge.source)) ready.push(edge.source);
      }
    }
    // nothing new can be reached any more: only what leads into these is left to find out
    if (reached.isFull) await window.ask(missing);
    else if (missing.length > 0) await window.load(missing);
    ready = missing;
  }
  return reached.graph("causes", await walkLimits(source, reached.events));
}
