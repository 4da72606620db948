// The one line of causes that tells a story: at each event the cause that a person would name first.

import type { CauseEdge, CauseType } from "@elixirscope/wire";
import { CauseWindow } from "./cause-window.ts";
import type { Source } from "../sql.ts";

/** What was done to a process counts before what it did itself, its call before what it had received. */
const BY_RANK: readonly CauseType[] = [
  "message",
  "monitor",
  "spawn",
  "exit",
  "timer",
  "return",
  "call",
  "handle",
  "state_write",
  "program_order",
  "link",
  "telemetry",
  "ets",
  "reply",
  "state_read",
  "raise",
];
const RANK: ReadonlyMap<CauseType, number> = new Map(BY_RANK.map((type, at) => [type, at]));

/** A line that is longer is not told to its root. */
export const MAX_STEPS = 1_000;

/** From the event back: the first edge leads into it, the last one comes from its root. */
export async function mainCauses(
  source: Source,
  event: number,
  window: CauseWindow = new CauseWindow(source, "line"),
): Promise<readonly CauseEdge[]> {
  const line: CauseEdge[] = [];
  const seen = new Set([event]);
  let here = event;
  while (line.length < MAX_STEPS) {
    const main = (await window.edgesInto(here))
      .filter((edge) => !seen.has(edge.source))
      .reduce<CauseEdge | null>(
        (best, edge) => (best === null || rank(edge) < rank(best) ? edge : best),
        null,
      );
    if (main === null) break;
    line.push(main);
    seen.add(main.source);
    here = main.source;
  }
  return line;
}

function rank({ type }: CauseEdge): number {
  return RANK.get(type) ?? BY_RANK.length;
}
