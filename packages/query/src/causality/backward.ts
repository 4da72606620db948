// From an event back to its roots: everything that led to it, nearest first, up to a limit.

import type { Source } from "../sql.ts";
import { CauseWindow } from "./cause-window.ts";
import { DEFAULT_WALK_LIMIT, type CauseGraph, type WalkOptions } from "./cause-graph.ts";
import type { CauseEdge } from "@elixirscope/wire";
import { walk } from "./walk.ts";
import { eventExists, walkLimits } from "./walk-limits.ts";

/** Null: there is no such event. */
export async function backward(
  source: Source,
  event: number,
  { limit = DEFAULT_WALK_LIMIT, signal }: WalkOptions = {},
): Promise<CauseGraph | null> {
  if (!(await eventExists(source, event))) return null;
  const window = new CauseWindow(source, "graph");
  const way = {
    edges: (here: number) => window.into(here),
    next: (edge: CauseEdge) => edge.source,
    load: async (missing: readonly number[], isFull: boolean) => {
      // only what leads into these is left to find out when nothing new can be reached any more
      await (isFull ? window.ask(missing) : window.load(missing));
    },
  };
  const reached = await walk(event, way, limit, signal);
  return reached.graph("causes", await walkLimits(source, reached.events));
}
