// Where running time goes, and what makes calls slow: a function that takes much by itself, and functions whose slow
// calls differ from the others in an argument.

import type {
  Evidence,
  Explanation,
  Finding,
  Findings,
  FunctionTimes,
  Params,
  SlowCalls,
} from "@elixirscope/wire";
import { parseWhere } from "../find/where.ts";
import { durationText } from "../names.ts";
import { slowCalls } from "../performance/slow-calls.ts";
import { times } from "../performance/times.ts";
import { recordingRange } from "../recording-range.ts";
import type { Source } from "../sql.ts";
import { atEvent, cannotTell, counted, fact, findingsOf, percent } from "./finding.ts";

const MOST_FUNCTIONS = 400;
/** Of all running time: what takes less is not worth a card. */
const LEAST_SHARE = 0.05;
const MUCH = 0.25;
/** Functions whose calls are compared with one another: the ones that run longest, with what they call. */
const MOST_COMPARED = 8;
const LEAST_CALLS = 10;
/** How much longer calls with a value must take than those without. */
const LEAST_FACTOR = 3;
/** Of the slow calls: what explains fewer is not why the function is slow. */
const LEAST_EXPLAINED = 0.5;

export async function slowFindings(
  source: Source,
  { limit }: Params<"slowFindings">,
): Promise<Findings> {
  const range = await recordingRange(source);
  const { functions, moreFunctions, sums, limits } = await times(source, range, {
    limit: MOST_FUNCTIONS,
  });
  const looked = `${counted(functions.length + moreFunctions, "function")} that ran`;
  if (functions.length === 0 || sums.runningNs === 0) {
    return cannotTell("No call with a known end was recorded.", looked, limits);
  }
  const heavy = functions.filter(({ selfRunningNs }) => selfRunningNs >= MUCH * sums.runningNs);
  const compared = functions
    .filter(({ calls }) => calls >= LEAST_CALLS)
    .filter((one) => runningNs(one) >= LEAST_SHARE * sums.runningNs)
    .toSorted((a, b) => runningNs(b) - runningNs(a))
    .slice(0, MOST_COMPARED);
  const slow: Finding[] = [];
  for (const one of compared) {
    const where = parseWhere(one.mfa);
    const answer = where.ok ? await slowCalls(source, range, where.value, null) : null;
    if (answer?.ok === true) slow.push(...slowFinding(one, answer.result, sums.runningNs));
  }
  const findings = [...heavy.map((one) => heavyFinding(one, sums.runningNs)), ...slow];
  return findingsOf(findings, limit, {
    looked,
    limits: [
      ...limits,
      "running time has that of the recording itself in it; functions that were not traced count to their callers",
    ],
  });
}

/** With what it called, without what was waited for. */
function runningNs({ totalNs, waitingNs }: FunctionTimes): number {
  return totalNs - waitingNs;
}

function heavyFinding(one: FunctionTimes, allNs: number): Finding {
  const share = one.selfRunningNs / allNs;
  return {
    id: `heavy ${one.mfa}`,
    severity: share >= 0.5 ? "warning" : "notice",
    statement: `${one.mfa} takes ${percent(share)} of all recorded running time by itself: ${durationText(one.selfRunningNs)} in ${counted(one.calls, "call")}`,
    evidence: [
      fact(
        `median ${durationText(one.durations.p50 ?? 0)}, longest ${durationText(one.durations.max ?? 0)}`,
      ),
      ...(one.slowest === null ? [] : [atEvent("its longest call", one.slowest)]),
    ],
    recommendation: null,
    limits: one.unknown === 0 ? [] : [`${counted(one.unknown, "call")} of it have no known end`],
  };
}

function slowFinding(
  { mfa }: FunctionTimes,
  { explanations, slowest, calls, slow, thresholdNs, isSampled }: SlowCalls,
  allNs: number,
): readonly Finding[] {
  const told = explanations.find(
    (one) =>
      isArgument(one) &&
      factorOf(one) >= LEAST_FACTOR &&
      one.slowWith >= LEAST_EXPLAINED * one.slow,
  );
  if (told === undefined) return [];
  const [longest] = slowest;
  const { dimension, value, meanWithNs, meanWithoutNs } = told;
  const condition = `${dimension} ${/^[<>=]/.test(value) ? value : `= ${value}`}`;
  const longestNs = longest?.ns ?? 0;
  const against = meanWithoutNs === null ? "" : ` against ${durationText(meanWithoutNs)}`;
  const evidence: Evidence[] = [
    fact(
      `${counted(slow, "call")} of ${calls.toLocaleString("en")} took ${durationText(thresholdNs)} or more`,
    ),
    fact(
      `${condition} holds in ${told.slowWith} of ${told.slow} slow calls and in ${told.restWith} of ${told.rest} others`,
    ),
    ...slowest
      .slice(0, 3)
      .map(({ call, ns }) => atEvent(`a call that took ${durationText(ns)}`, call)),
  ];
  return [
    {
      id: `slow ${mfa}`,
      severity: factorOf(told) >= 2 * LEAST_FACTOR ? "warning" : "notice",
      statement: `${mfa} is slow when ${condition}: ${durationText(meanWithNs)} on average${against}, up to ${durationText(longestNs)}`,
      evidence,
      recommendation: null,
      limits: [
        ...(isSampled ? ["told by a sample of 400 slow and 400 other calls"] : []),
        ...(longestNs > allNs ? ["the longest call waited for most of its time"] : []),
      ],
    },
  ];
}

function isArgument({ dimension }: Explanation): boolean {
  return /^(?:size of )?arg\d/.test(dimension);
}

function factorOf({ meanWithNs, meanWithoutNs }: Explanation): number {
  return meanWithoutNs === null ? 0 : meanWithNs / Math.max(1, meanWithoutNs);
}
