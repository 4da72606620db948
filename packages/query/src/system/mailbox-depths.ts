// How many messages waited for each process at an instant, as `processesAt` counts them.

import type { Source } from "../sql.ts";
import { arrivals } from "../time/arrived-messages.ts";
import { mailboxSizes } from "../time/processes-at.ts";
import type { Life } from "./lives.ts";

/** Of more processes it would take longer than anyone waits. */
const MAX_PROCESSES = 20_000;

/** By process, of those to which messages were recorded; null: there are too many processes. */
export async function mailboxDepths(
  source: Source,
  within: readonly Life[],
  t: number,
): Promise<ReadonlyMap<number, number> | null> {
  const pids = within
    .filter(({ tSpawned, tExited }) => (tSpawned ?? t) <= t && (tExited === null || tExited > t))
    .map(({ index }) => index);
  if (pids.length > MAX_PROCESSES) return null;
  const { waiting } = await arrivals(source, pids, t);
  const sizes = await mailboxSizes(source, pids, waiting, t);
  return new Map([...sizes].map(([pid, { known, inferred }]) => [pid, known + inferred]));
}
