// What events are called in a graph: the titles that other views give them.

import { eventFacts, eventTitle } from "../event-facts.ts";
import { kindOf } from "../event-kinds.ts";
import { pidTexts } from "../interned.ts";
import { styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { eventNode, type DagNode } from "./dag.ts";
import type { EventPoint } from "./event-graph.ts";

export async function eventNodes(
  source: Source,
  points: readonly EventPoint[],
): Promise<readonly DagNode[]> {
  const style = styleOf(source.manifest);
  const [facts, pids] = await Promise.all([
    eventFacts(
      source,
      points.map(({ id }) => id),
    ),
    pidTexts(
      source,
      points.map(({ pid }) => pid),
    ),
  ]);
  return points.map(({ id, t, pid, kind }) => {
    const known = facts.get(id);
    return {
      id: eventNode(id),
      event: id,
      t,
      pid: pids.get(pid) ?? null,
      label: known === undefined ? kindOf(kind) : eventTitle(known, style),
      type: kindOf(kind),
    };
  });
}
