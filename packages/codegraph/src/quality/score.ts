// Scores from 0 to 100 with their reasons: what costs how many points, by name.
//
// Each reason takes points off. The worst counts in full, each further one a fifth less than the one
// before, so that a big module is not bad for its size alone.

import type { FunctionKey } from "../module/module-data.ts";

export type QualityReason = {
  /** the measure or rule: `cognitive`, `n-plus-one` */
  readonly measure: string;
  /** null when it is about the module */
  readonly function: FunctionKey | null;
  readonly value: number;
  /** points that it costs by itself */
  readonly points: number;
  readonly text: string;
};

export type QualityScore = {
  /** 0 to 100, whole */
  readonly score: number;
  /** dearest first */
  readonly reasons: readonly QualityReason[];
};

const FADING = 0.8;

export function scoreOf(found: readonly (QualityReason | null)[]): QualityScore {
  const reasons = found
    .filter((reason) => reason !== null)
    .filter((reason) => reason.points > 0)
    .map((reason) => ({ ...reason, points: Math.round(reason.points * 10) / 10 }))
    .toSorted((one, other) => other.points - one.points);
  let lost = 0;
  for (const [index, { points }] of reasons.entries()) lost += points * FADING ** index;
  return { score: Math.max(0, Math.round(100 - lost)), reasons };
}

/** `step` points for each unit of `value` above `limit`, at most `most`; null below the limit. */
export function above(
  limit: number,
  step: number,
  most: number,
  reason: Omit<QualityReason, "points">,
): QualityReason | null {
  if (reason.value <= limit) return null;
  return { ...reason, points: Math.min(most, (reason.value - limit) * step) };
}
