// Mailboxes that pile up, as findings: a tenth of all delay that waiting in mailboxes causes, or less of it with five
// messages at once.

import type { Bottleneck, Evidence, Finding, Findings, Params } from "@elixirscope/wire";
import { durationText } from "../names.ts";
import { bottlenecks } from "../performance/bottlenecks.ts";
import { recordingRange } from "../recording-range.ts";
import type { Source } from "../sql.ts";
import { atEvent, cannotTell, counted, fact, findingsOf, percent } from "./finding.ts";

/** Of the sum of all scores: less is nobody's bottleneck. */
const LEAST_SHARE = 0.1;
/** With many messages at once. */
const MUCH_LESS = 0.02;
/** A mailbox without any length to speak of is none, whatever its share. */
const LEAST_MEAN = 0.05;
const MANY = 5;

export async function queueFindings(
  source: Source,
  { limit }: Params<"queueFindings">,
): Promise<Findings> {
  if (!source.manifest.plan.messages) {
    return cannotTell("Messages were not recorded, so mailboxes are not known.", "nothing");
  }
  const range = await recordingRange(source);
  const found = await bottlenecks(source, range, { limit: 100 });
  const looked = `the mailboxes of ${counted(found.bottlenecks.length, "process", "processes")} that were busy`;
  if (found.bottlenecks.length === 0 && found.limits.length > 0) {
    return cannotTell(
      "No process with mail reports when it handles it: how busy they were is not known.",
      looked,
      found.limits,
    );
  }
  const piles = found.bottlenecks.filter(
    ({ share, meanLength, longest, meanCallers }) =>
      (longest >= MANY && share >= MUCH_LESS) ||
      (share >= LEAST_SHARE && meanLength + meanCallers >= LEAST_MEAN),
  );
  return findingsOf(piles.map(findingOf), limit, { looked, limits: found.limits });
}

function findingOf(one: Bottleneck): Finding {
  const who = one.name ?? one.pid;
  const { share, longest, meanLength, dwell, grows } = one;
  const piles = grows ? "grows and does not empty" : "piles up";
  const wait = dwell.max === null ? "" : `, and one waited ${durationText(dwell.max)}`;
  return {
    id: `queue ${one.pid}`,
    severity: share >= 0.5 || grows ? "warning" : "notice",
    statement: `The mailbox of ${who} ${piles}: up to ${counted(longest, "message")} lay in it at once${wait}`,
    evidence: evidenceOf(one, meanLength),
    recommendation: recommendation(one, who),
    limits: dwellLimits(one),
  };
}

function evidenceOf(one: Bottleneck, meanLength: number): readonly Evidence[] {
  const { arrivals, arrivalRate, serviceRate, busy, dwell, callers, longestDwell, longestCall } =
    one;
  const capacity = serviceRate === null ? "" : `, of ${serviceRate.toFixed(0)} that it can take`;
  const evidence: Evidence[] = [
    {
      text: `${one.pid}: ${counted(arrivals, "message")} came`,
      target: { kind: "process", pid: one.pid, t: null },
    },
    fact(
      `${arrivalRate.toFixed(1)} messages a second${capacity}; ${meanLength.toFixed(2)} waited on average`,
    ),
    fact(`it causes ${percent(one.share)} of the delay by mailboxes in this recording`),
  ];
  if (busy !== null) evidence.push(fact(`busy ${percent(busy)} of the time`));
  if (dwell.p95 !== null) evidence.push(fact(`95% waited less than ${durationText(dwell.p95)}`));
  if (longestDwell !== null)
    evidence.push(atEvent("the message that waited longest", longestDwell));
  if (longestCall !== null && callers > 0) {
    const who = counted(callers, "process", "processes");
    evidence.push(atEvent(`${who} waited for its replies; the longest wait`, longestCall));
  }
  return evidence;
}

function recommendation(
  { arrivalRate, serviceRate, grows, callers }: Bottleneck,
  who: string,
): string | null {
  if (serviceRate === null) return null;
  if (grows || arrivalRate > serviceRate) {
    return `More comes than ${who} can take: make its callbacks faster, spread the work over several processes, or slow the senders down${callers === 0 ? " (a call waits, a cast does not)" : ""}.`;
  }
  return `${who} keeps up on average: messages come in bursts, and each takes ${durationText(1e9 / serviceRate)}. A faster callback, or work that leaves it, shortens the wait.`;
}

function dwellLimits({ dwellEnds }: Bottleneck): readonly string[] {
  return dwellEnds === "handled"
    ? []
    : [`waiting ends here when a message is received, not when it is handled (${dwellEnds})`];
}
