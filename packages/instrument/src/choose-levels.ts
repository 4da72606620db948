// Which level each function gets under a strategy.
//
// `balanced` is a multiple-choice knapsack (Sinha and Zoltners 1979), solved greedily: from `off`, the
// step up with the most value per added ns is taken while it fits. Steps that do not fit are passed
// over, so one hot function does not end the rest.

import { assertNever } from "@elixirscope/base";
import type { Level, Strategy } from "@elixirscope/trace";
import { leftOutNs, levelNs } from "./costs.ts";

export type Candidate = {
  readonly runs: number;
  readonly steps: number;
  readonly value: number;
  readonly keepsState: boolean;
  /** recorded in any case, at the cost of sampling */
  readonly wanted: boolean;
};

export type Choice = { readonly levels: readonly Level[]; readonly sample: number };

/** What `full` tells more than `boundaries`, and those more than `minimal`. */
const WORTH: Readonly<Record<Level, number>> = { off: 0, minimal: 0.2, boundaries: 1, full: 1.6 };
/** Of the budget, for what is wanted; the rest goes to what is chosen. */
const WANTED_SHARE = 0.8;
const LEAST_SAMPLE = 0.001;

/** `allowedNs`: what may be added in all, in the unit of `runs`. */
export function chooseLevels(
  strategy: Strategy,
  candidates: readonly Candidate[],
  allowedNs: number | null,
): Choice {
  switch (strategy) {
    case "full":
      return { levels: candidates.map(() => "full"), sample: 1 };
    case "minimal":
      return { levels: candidates.map(() => "minimal"), sample: 1 };
    case "balanced":
      return balanced(candidates, allowedNs ?? Number.POSITIVE_INFINITY);
    default:
      return assertNever(strategy);
  }
}

/** Added in all: where only a part of the time is recorded, a call still has to find out that it is not. */
export function costOf(candidate: Candidate, level: Level, sample: number): number {
  if (level === "off") return 0;
  const recordedNs = levelNs(level, candidate.steps, candidate.keepsState);
  const hasFrames = level !== "minimal" || candidate.keepsState;
  if (sample === 1 || !hasFrames) return candidate.runs * recordedNs;
  return candidate.runs * (sample * recordedNs + leftOutNs(level, candidate.steps));
}

function balanced(candidates: readonly Candidate[], allowedNs: number): Choice {
  const kept = affordable(candidates, allowedNs * WANTED_SHARE);
  const sample = sampleFor([...kept], allowedNs * WANTED_SHARE);
  const levels = candidates.map((candidate): Level => (kept.has(candidate) ? "boundaries" : "off"));
  let left = allowedNs - sum([...kept], (candidate) => costOf(candidate, "boundaries", sample));
  const steps = stepsUp(candidates, levels, sample);
  // again while something was taken: a better step may have come before the one that it builds on
  for (let taken = true; taken;) {
    taken = false;
    for (const step of steps) {
      if (step.addedNs > left || levels[step.index] !== step.from) continue;
      levels[step.index] = step.to;
      left -= step.addedNs;
      taken = true;
    }
  }
  return { levels, sample };
}

/** What is wanted, without the busiest while even to leave their calls out takes half of what is allowed. */
function affordable(candidates: readonly Candidate[], allowedNs: number): ReadonlySet<Candidate> {
  const wanted = candidates.filter(({ wanted: isWanted }) => isWanted);
  let unrecordedNs = sum(wanted, unrecorded);
  if (sum(wanted, (each) => costOf(each, "boundaries", 1)) <= allowedNs) return new Set(wanted);
  const kept = new Set(wanted);
  for (const candidate of wanted.toSorted((a, b) => b.runs - a.runs)) {
    if (unrecordedNs <= allowedNs / 2) break;
    unrecordedNs -= unrecorded(candidate);
    kept.delete(candidate);
  }
  return kept;
}

/** What its calls cost between two windows of recording. */
function unrecorded({ runs, steps }: Candidate): number {
  return runs * leftOutNs("boundaries", steps);
}

/** Rounded down to one digit, so that the plan reads well: 0.37 becomes 0.3. */
function sampleFor(wanted: readonly Candidate[], allowedNs: number): number {
  const allNs = sum(wanted, (candidate) => costOf(candidate, "boundaries", 1));
  if (allNs <= allowedNs) return 1;
  const exact = Math.max(LEAST_SAMPLE, (allowedNs - sum(wanted, unrecorded)) / allNs);
  const unit = 10 ** Math.floor(Math.log10(exact));
  return Number((Math.floor(exact / unit + 1e-9) * unit).toPrecision(1));
}

type Step = {
  readonly index: number;
  readonly from: Level;
  readonly to: Level;
  readonly addedNs: number;
  readonly efficiency: number;
};

function stepsUp(
  candidates: readonly Candidate[],
  levels: readonly Level[],
  sample: number,
): Step[] {
  const steps: Step[] = [];
  candidates.forEach((candidate, index) => {
    let from = levels[index] ?? "off";
    for (const to of ["minimal", "boundaries", "full"] as const) {
      if (WORTH[to] <= WORTH[from]) continue;
      const addedNs = costOf(candidate, to, sample) - costOf(candidate, from, sample);
      const gained = candidate.value * (WORTH[to] - WORTH[from]);
      steps.push({ index, from, to, addedNs, efficiency: gained / Math.max(addedNs, 1e-9) });
      from = to;
    }
  });
  return steps.toSorted((a, b) => b.efficiency - a.efficiency || a.index - b.index);
}

function sum(candidates: readonly Candidate[], of: (candidate: Candidate) => number): number {
  return candidates.reduce((total, candidate) => total + of(candidate), 0);
}
