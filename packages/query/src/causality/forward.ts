// From an event on to everything that followed from it, nearest first, up to a limit.
//
// Effects are looked up for many events at once: those that were reached, and what their activities did next,
// which is likely to be reached soon.

import { asNumber, select, sql, type Source } from "../sql.ts";
import { extentOf } from "../part-rows.ts";
import { askedRows, idSet } from "./asked-rows.ts";
import type { CauseGraph, WalkOptions } from "./cause-graph.ts";
import type { CauseEdge } from "@elixirscope/wire";
import { effectsOf } from "./edges.ts";
import { walk } from "./walk.ts";
import { eventExists, walkLimits } from "./walk-limits.ts";

export const DEFAULT_FORWARD_LIMIT = 1_000;
/** Events of the same activities that are looked up with those that were reached. */
const AHEAD = 4_000;
/** Activities are followed this many ids ahead. */
const REACH = 1_048_576;

/** Null: there is no such event. */
export async function forward(
  source: Source,
  event: number,
  { limit = DEFAULT_FORWARD_LIMIT, signal }: WalkOptions = {},
): Promise<CauseGraph | null> {
  if (!(await eventExists(source, event))) return null;
  const known = new Map<number, CauseEdge[]>();
  const way = {
    edges: (here: number) => known.get(here),
    next: (edge: CauseEdge) => edge.target,
    load: async (missing: readonly number[]) => await learn(source, missing, known),
  };
  const reached = await walk(event, way, limit, signal);
  return reached.graph("effects", await walkLimits(source, reached.events));
}

async function learn(
  source: Source,
  events: readonly number[],
  known: Map<number, CauseEdge[]>,
): Promise<void> {
  const ahead = await activitiesAhead(source, events);
  const asked = [...new Set([...events, ...ahead])].filter((event) => !known.has(event));
  for (const event of asked) known.set(event, []);
  for (const edge of await effectsOf(source, asked)) known.get(edge.source)?.push(edge);
}

async function activitiesAhead(
  source: Source,
  events: readonly number[],
): Promise<readonly number[]> {
  const rows = await askedRows(source, events);
  const activities = new Set(rows.flatMap(({ activity }) => (activity === 0 ? [] : [activity])));
  const [from] = extentOf(events);
  const found = await select(
    source,
    sql`SELECT id::DOUBLE FROM raw.events WHERE correlation IN ${idSet(activities)} AND id BETWEEN ${from} AND ${from + REACH}
      ORDER BY id LIMIT ${AHEAD}`,
  );
  return found.map(([id]) => asNumber(id));
}
