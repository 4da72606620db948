// Where the time of processes went. Those without a registered name that are called the same, or ran the
// same, are one row: hundreds of short-lived workers say more together.

import type { ProcessTimes } from "@elixirscope/wire";
import { processRefs, type ProcessRef } from "../process-refs.ts";
import { asNumber, select, sql, type Source } from "../sql.ts";
import type { ProcessSums } from "./call-tree.ts";

export async function processTimes(
  source: Source,
  sums: readonly ProcessSums[],
): Promise<readonly ProcessTimes[]> {
  const [refs, registered] = await Promise.all([
    processRefs(
      source,
      sums.map(({ pid }) => pid),
    ),
    registeredProcesses(source),
  ]);
  const groups = new Map<string, ProcessTimes>();
  for (const one of sums.toSorted((a, b) => running(b) - running(a))) {
    const who = refs.get(one.pid) ?? OTHERS;
    const key = registered.has(one.pid) || who.name === null ? who.pid : who.name;
    const group = groups.get(key);
    groups.set(key, {
      pid: group?.pid ?? who.pid,
      name: who.name,
      processes: (group?.processes ?? 0) + 1,
      calls: (group?.calls ?? 0) + one.calls,
      inCallsNs: (group?.inCallsNs ?? 0) + one.inCallsNs,
      runningNs: (group?.runningNs ?? 0) + running(one),
      waitingNs: (group?.waitingNs ?? 0) + waiting(one),
      waitingFor: bothWaits(group?.waitingFor, one.waitingNs),
      exactWaitingNs: (group?.exactWaitingNs ?? 0) + one.exactWaitingNs,
      idleNs: (group?.idleNs ?? 0) + one.idleNs,
    });
  }
  return [...groups.values()];
}

/** The place of those that found no room in a `CallTree`. */
const OTHERS: ProcessRef = { pid: "other processes", name: null };

async function registeredProcesses(source: Source): Promise<ReadonlySet<number>> {
  const rows = await select(source, sql`SELECT pid FROM base.processes WHERE name IS NOT NULL`);
  return new Set(rows.map(([pid]) => asNumber(pid)));
}

function bothWaits(
  a: ProcessTimes["waitingFor"] = { reply: 0, message: 0, timer: 0 },
  b: ProcessTimes["waitingFor"],
): ProcessTimes["waitingFor"] {
  return { reply: a.reply + b.reply, message: a.message + b.message, timer: a.timer + b.timer };
}

export function waiting({ waitingNs }: ProcessSums): number {
  return waitingNs.reply + waitingNs.message + waitingNs.timer;
}

export function running(one: ProcessSums): number {
  return one.inCallsNs - waiting(one);
}
