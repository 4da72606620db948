// Who holds others up: processes ranked by busy share × (messages that lie in the mailbox + callers that
// wait for a reply), each on average over the range. A product, because an idle process delays nobody,
// and a busy one that nobody waits for is no bottleneck. All factors are shown.

import type { Bottlenecks, Mailbox, TimeRange } from "@elixirscope/wire";
import { queues } from "./queues.ts";
import type { Source } from "../sql.ts";

/** Processes that are looked at: those with the longest mailboxes. */
const MOST_CANDIDATES = 500;
const BUCKETS = 10;
/** Of what came, how much more than went makes a mailbox one that grows. */
const GROWTH = 0.05;

export async function bottlenecks(
  source: Source,
  range: TimeRange,
  { limit }: { readonly limit: number },
): Promise<Bottlenecks> {
  const { mailboxes, limits } = await queues(source, range, {
    limit: MOST_CANDIDATES,
    buckets: BUCKETS,
  });
  const scored = mailboxes
    .map((mailbox) => ({ ...mailbox, score: scoreOf(mailbox) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score);
  const unranked = mailboxes.filter(
    ({ busy, meanLength, meanCallers }) => busy === null && meanLength + meanCallers > 0,
  ).length;
  const total = scored.reduce((sum, { score }) => sum + score, 0);
  return {
    range,
    bottlenecks: scored.slice(0, limit).map((one) => ({
      ...one,
      share: one.score / total,
      grows: one.arrivals - one.departures > Math.max(1, GROWTH * one.arrivals),
    })),
    limits: [
      ...limits,
      ...(unranked > 0
        ? [
            `${unranked} processes with mail report no handling: how busy they were is not known, and they are not ranked`,
          ]
        : []),
    ],
  };
}

function scoreOf({ busy, meanLength, meanCallers }: Mailbox): number {
  return (busy ?? 0) * (meanLength + meanCallers);
}
