// A walk along causes or along effects, nearest first, up to a limit. What is at hand is walked to its end before
// anything is loaded, so a chain of 10,000 events costs a few queries.

import { Reached } from "./cause-graph.ts";
import type { CauseEdge } from "@elixirscope/wire";

/** Which way a walk goes, and where it finds what it does not know yet. */
export type Way = {
  /** undefined: not all is known of the event yet */
  readonly edges: (event: number) => readonly CauseEdge[] | undefined;
  readonly next: (edge: CauseEdge) => number;
  /** Afterwards all is known of some of `events`. `isFull`: nothing new can be reached any more. */
  readonly load: (events: readonly number[], isFull: boolean) => Promise<void>;
};

export async function walk(
  event: number,
  way: Way,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Reached> {
  const reached = new Reached(event, limit);
  let ready = [event];
  while (ready.length > 0) {
    signal?.throwIfAborted();
    const missing: number[] = [];
    for (let at = 0; at < ready.length; at++) {
      const here = ready[at] ?? 0;
      const edges = way.edges(here);
      if (edges === undefined) missing.push(here);
      else if (edges.length === 0) reached.ends.push(here);
      for (const edge of edges ?? []) {
        const next = way.next(edge);
        if (reached.follow(edge, next)) ready.push(next);
      }
    }
    if (missing.length > 0) await way.load(missing, reached.isFull);
    ready = missing;
  }
  return reached;
}
