// Follows from each unanswered call who waited for whom at the instant before its caller gave up. A process
// waits for one synchronous call at a time, so there is one way to go: it ends at a process that did not
// wait, or comes back to where it was. All chains take a step together, in one query.

import type { Source } from "../sql.ts";
import { endsOf, latestCalls, type Wait, type WaitOver } from "./waits.ts";

type Waiting = { readonly wait: Wait; readonly over: WaitOver };

export type WaitChain = {
  readonly waits: readonly Waiting[];
  /** the instant for which it holds */
  readonly t: number;
  /** where in `waits` the cycle begins; null: there is none */
  readonly cycle: number | null;
};

const MAX_CHAIN = 50;

type Growing = { readonly waits: Waiting[]; readonly t: number; cycle: number | null };

/** `end`: of the recording, for calls that were still waiting then. */
export async function waitChains(
  source: Source,
  firsts: readonly Wait[],
  end: number,
): Promise<readonly WaitChain[]> {
  const ends = await endsOf(source, firsts);
  const known = new Map<number, Waiting>();
  const chains = firsts.map((wait): Growing => {
    const waiting = { wait, over: overOf(ends, wait) };
    known.set(wait.message, waiting);
    return {
      waits: [waiting],
      t: Math.max(wait.from, (waiting.over.t ?? end + 1) - 1),
      cycle: null,
    };
  });
  let growing: readonly Growing[] = chains;
  for (let length = 1; length < MAX_CHAIN && growing.length > 0; length++) {
    growing = await step(source, growing, known);
  }
  return chains;
}

/** Those that got longer and may go on. */
async function step(
  source: Source,
  chains: readonly Growing[],
  known: Map<number, Waiting>,
): Promise<readonly Growing[]> {
  const asked = chains.flatMap((chain) => {
    const server = chain.waits.at(-1)?.wait.server ?? null;
    return server === null ? [] : [{ chain, server }];
  });
  const calls = await latestCalls(
    source,
    asked.map(({ chain, server }) => [server, chain.t] as const),
  );
  const news = new Map<number, Wait>();
  for (const call of calls) {
    if (call !== null && !known.has(call.message)) news.set(call.message, call);
  }
  const ends = await endsOf(source, [...news.values()]);
  for (const wait of news.values()) known.set(wait.message, { wait, over: overOf(ends, wait) });
  return asked.flatMap(({ chain }, i) => {
    const next = known.get(calls[i]?.message ?? 0);
    if (next === undefined || (next.over.t !== null && next.over.t <= chain.t)) return [];
    const place = chain.waits.findIndex(({ wait }) => wait.message === next.wait.message);
    if (place >= 0) {
      chain.cycle = place;
      return [];
    }
    chain.waits.push(next);
    return [chain];
  });
}

function overOf(ends: ReadonlyMap<number, WaitOver>, { message }: Wait): WaitOver {
  return ends.get(message) ?? { t: null, event: null, kind: null, payload: null };
}
