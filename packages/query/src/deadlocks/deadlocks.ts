// Deadlocks of synchronous calls, and calls that were never answered with the chain of who waited for whom.
//
// In a cycle nobody can go on, so the first that does was not answered: it is enough to look from each
// unanswered call along the servers, at the instant before its caller gave up.

import { callersOf, enteredBefore } from "../callers.ts";
import { limitsOf } from "../limits.ts";
import { decoded, requestIn } from "../otp-message.ts";
import { printTerm, styleOf } from "../print.ts";
import { processRefs, type ProcessRef } from "../process-refs.ts";
import { recordingRange } from "../recording-range.ts";
import {
  asBytesOrNull,
  asNumber,
  asNumberOrNull,
  asText,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { stack } from "../stack/stack.ts";
import type { CallCycle, DeadlockView, UnansweredCall, WaitView } from "./deadlock-view.ts";
import { waitChains, type WaitChain } from "./wait-chains.ts";
import { waitEnd, type ProcessExit } from "./wait-end.ts";
import { unansweredCalls, type Wait, type WaitOver } from "./waits.ts";

export type DeadlockOptions = {
  /** when the calls were made, ns; default: the whole recording */
  readonly from?: number;
  readonly to?: number;
  /** cycles, and groups of unanswered calls; default 20 each */
  readonly limit?: number;
};

/** Of more unanswered calls the latest are looked at. */
const MOST_CALLS = 2_000;

export async function deadlocks(
  source: Source,
  options: DeadlockOptions = {},
): Promise<DeadlockView> {
  const { t0, t1 } = await recordingRange(source);
  const { from = t0, to = t1, limit = 20 } = options;
  const { waits, total, calls } = await unansweredCalls(source, { from, to, limit: MOST_CALLS });
  const chains = await waitChains(source, waits, t1);
  const cycles = distinctCycles(chains);
  const groups = byLastProcess(outside(chains, cycles));
  const [shownCycles, shownGroups] = [cycles.slice(0, limit), groups.slice(0, limit)];
  const describe = await describer(source, [
    ...shownCycles.flatMap(({ waits: all }) => all),
    ...shownGroups.flatMap(({ chain }) => chain.waits),
  ]);
  const unanswered: UnansweredCall[] = [];
  for (const { chain, alike } of shownGroups) {
    const views = chain.waits.map(describe);
    const server = views.at(-1)?.server ?? null;
    const instant = { kind: "time", t: chain.t } as const;
    unanswered.push({
      chain: views,
      doing: server === null ? null : await stack(source, server.pid, instant),
      alike,
    });
  }
  const limits = await limitsOf(source, { pids: null, from, to: t1 }, ["messages", "lifecycle"]);
  return {
    cycles: shownCycles.map((cycle) => cycleView(cycle, describe)),
    unanswered,
    calls,
    more: cycles.length - shownCycles.length + groups.length - shownGroups.length,
    limits: [...limits, ...ownLimits(total, waits.length)],
  };
}

function ownLimits(total: number, looked: number): readonly string[] {
  return [
    ...(total > looked
      ? [`${total} calls were not answered; the latest ${looked} were looked at (--from, --to)`]
      : []),
    "only calls of behaviours (GenServer, gen_statem) show who waits for whom; a plain receive or Task.await does not",
  ];
}

type Waiting = { readonly wait: Wait; readonly over: WaitOver };
type Cycle = { readonly waits: readonly Waiting[]; others: number };

/** The same cycle is reached from each of its calls, and from those that wait for it. */
function distinctCycles(chains: readonly WaitChain[]): readonly Cycle[] {
  const found = new Map<string, Cycle>();
  for (const { waits, cycle } of chains) {
    if (cycle === null) continue;
    const inside = waits.slice(cycle).toSorted((a, b) => a.wait.from - b.wait.from);
    const key = inside.map(({ wait }) => wait.message).join();
    const known = found.get(key) ?? { waits: inTurn(inside), others: 0 };
    if (cycle > 0) known.others += 1;
    found.set(key, known);
  }
  return [...found.values()];
}

/** From the earliest call on, each followed by the call of its server. */
function inTurn(byTime: readonly Waiting[]): readonly Waiting[] {
  const turn: Waiting[] = [];
  let at = byTime[0];
  while (at !== undefined && turn.length < byTime.length) {
    turn.push(at);
    const { server } = at.wait;
    at = byTime.find(({ wait }) => wait.caller === server);
  }
  return turn;
}

/** The chains that have to do with no cycle; who waited for somebody in one is counted there. */
function outside(chains: readonly WaitChain[], cycles: readonly Cycle[]): readonly WaitChain[] {
  const inside = new Set(
    cycles.flatMap(({ waits }) => waits.map(({ wait: { message } }) => message)),
  );
  return chains.filter(({ waits, cycle }) => {
    const [first] = waits;
    if (cycle !== null || first === undefined || inside.has(first.wait.message)) return false;
    const waitedFor = cycles.find((one) => waitedDuring(first, one));
    if (waitedFor !== undefined) waitedFor.others += 1;
    return waitedFor === undefined;
  });
}

/** Its server was stuck, and it did not give up before that was over (its server may have failed then). */
function waitedDuring({ wait, over }: Waiting, { waits }: Cycle): boolean {
  if (!waits.some((one) => one.wait.caller === wait.server)) return false;
  const { from, to } = extentOf(waits);
  return (to === null || wait.from < to) && (over.t === null || over.t > from);
}

function extentOf(waits: readonly Waiting[]): {
  readonly from: number;
  readonly to: number | null;
} {
  const ends = waits.flatMap(({ over }) => over.t ?? []);
  return {
    from: Math.max(...waits.map(({ wait }) => wait.from)),
    to: ends.length === 0 ? null : Math.min(...ends),
  };
}

type Group = { chain: WaitChain; alike: number };

/** Of the calls that one process left unanswered the longest chain, the earliest of those. */
function byLastProcess(chains: readonly WaitChain[]): readonly Group[] {
  const groups = new Map<number, Group>();
  for (const chain of chains) {
    const last = chain.waits.at(-1)?.wait.server ?? 0;
    const known = groups.get(last);
    if (known === undefined) groups.set(last, { chain, alike: 1 });
    else {
      known.alike += 1;
      if (chain.waits.length > known.chain.waits.length) known.chain = chain;
    }
  }
  return [...groups.values()].toSorted((a, b) => b.alike - a.alike);
}

function cycleView(cycle: Cycle, describe: (waiting: Waiting) => WaitView): CallCycle {
  const { waits, others } = cycle;
  return { ...extentOf(waits), waits: waits.map(describe), others };
}

/** Reads at once what the given waits are described with. */
async function describer(
  source: Source,
  waits: readonly Waiting[],
): Promise<(waiting: Waiting) => WaitView> {
  const indexes = waits.flatMap(({ wait }) => [wait.caller, wait.server ?? []].flat());
  const sends = waits.map(({ wait }) => wait.sendEvent);
  const [refs, exits, bodies, callers, entered, gaps] = await Promise.all([
    processRefs(source, indexes),
    exitsOf(source, indexes),
    bodiesOf(source, waits),
    callersOf(source, sends),
    enteredBefore(source, sends),
    gapsOf(source, indexes),
  ]);
  const style = styleOf(source.manifest);
  return ({ wait, over }) => {
    const body = decoded(bodies.get(wait.message) ?? null);
    const request = body === null ? null : requestIn(body);
    const serverExit = exits.get(wait.server ?? 0) ?? null;
    return {
      message: wait.message,
      caller: refOf(refs, wait.caller),
      server: wait.server === null ? null : refOf(refs, wait.server),
      request: request === null ? "(not recorded)" : printTerm(request, "line", style),
      function: callers.get(wait.sendEvent)?.[0]?.mfa ?? entered.get(wait.sendEvent) ?? null,
      from: wait.from,
      arrived: wait.arrived,
      to: over.t,
      end: waitEnd(over, request, exits.get(wait.caller) ?? null, serverExit),
      endEvent: over.event,
      gaps: [
        ...new Set(gaps.filter((gap) => isDuring(gap, wait, over)).map(({ reason }) => reason)),
      ],
    };
  };
}

function refOf(refs: ReadonlyMap<number, ProcessRef>, index: number): ProcessRef {
  return refs.get(index) ?? { pid: "?", name: null };
}

async function exitsOf(
  source: Source,
  pids: readonly number[],
): Promise<ReadonlyMap<number, ProcessExit>> {
  const rows = await select(
    source,
    sql`SELECT pid, t_exited, payload(exit_reason) FROM base.processes
      WHERE pid IN ${pids} AND t_exited IS NOT NULL`,
  );
  return new Map(
    rows.map((row) => [asNumber(row[0]), { t: asNumber(row[1]), reason: asBytesOrNull(row[2]) }]),
  );
}

type Gap = {
  readonly pid: number | null;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
};

const MOST_GAPS = 10_000;

/** Of these processes and of everybody; a cut value is no missing event. */
async function gapsOf(source: Source, pids: readonly number[]): Promise<readonly Gap[]> {
  const rows = await select(
    source,
    sql`SELECT pid, t_from, t_to, reason FROM base.gaps
      WHERE (pid IS NULL OR pid IN ${pids}) AND reason <> 'truncated' ORDER BY t_from LIMIT ${MOST_GAPS}`,
  );
  return rows.map((row) => ({
    pid: asNumberOrNull(row[0]),
    from: asNumber(row[1]),
    to: asNumber(row[2]),
    reason: asText(row[3]),
  }));
}

function isDuring(gap: Gap, { caller, server, from }: Wait, { t }: WaitOver): boolean {
  const isTheirs = gap.pid === null || gap.pid === caller || gap.pid === server;
  return isTheirs && gap.to >= from && (t === null || gap.from <= t);
}

async function bodiesOf(
  source: Source,
  waits: readonly Waiting[],
): Promise<ReadonlyMap<number, Uint8Array | null>> {
  const messages = waits.map(({ wait }) => wait.message);
  const rows = await select(
    source,
    sql`SELECT message, payload(body) FROM raw.messages WHERE message IN ${messages}`,
  );
  return new Map(rows.map((row) => [asNumber(row[0]), asBytesOrNull(row[1])]));
}
