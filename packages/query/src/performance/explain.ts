// Which value of which dimension sets some calls (the slow ones) apart from the others: the likelihood
// ratio test (G-test) of each value's two by two table, so that a value counts by how much more often it
// is among the slow ones and by how many there are. Numbers are also tried as "at least" and "at most".
//
// p is from the chi-squared distribution with one degree of freedom, times the number of values tried
// (Bonferroni): many values do not make one of them stand out.

import type { Explanation } from "@elixirscope/wire";

export type Observation = {
  readonly isSlow: boolean;
  readonly ns: number;
  readonly dimensions: ReadonlyMap<string, string | number>;
};

/** What is not that sure is not told. */
const MOST_P = 0.01;
const CUTS = 16;

type Candidate = {
  readonly dimension: string;
  readonly value: string;
  slowWith: number;
  restWith: number;
  sumNs: number;
};

/** In front of the name of an argument: its length, entries or bytes. */
export const SIZE_OF = "size of ";

/** Most telling first; of each dimension, and of an argument's value and size, the one best value. */
export function explain(observations: readonly Observation[]): readonly Explanation[] {
  const slow = observations.filter(({ isSlow }) => isSlow).length;
  const rest = observations.length - slow;
  if (slow === 0 || rest === 0) return [];
  const totalNs = observations.reduce((sum, { ns }) => sum + ns, 0);
  // what one of the groups has not got at all was not recorded there
  const [ofSlow, ofRest] = [dimensionsOf(observations, true), dimensionsOf(observations, false)];
  const candidates = [...equalities(observations), ...bounds(observations)].filter(
    (one) => ofSlow.has(one.dimension) && ofRest.has(one.dimension),
  );
  const found = candidates
    .map((one): Explanation => {
      const { dimension, value, slowWith, restWith, sumNs } = one;
      const total = slowWith + restWith;
      const without = observations.length - total;
      const g = gOf(slowWith, slow, restWith, rest);
      return {
        dimension,
        value,
        slowWith,
        slow,
        restWith,
        rest,
        meanWithNs: sumNs / total,
        meanWithoutNs: without === 0 ? null : (totalNs - sumNs) / without,
        g,
        p: Math.min(1, candidates.length * chiSquaredTail(g)),
      };
    })
    .filter((one) => one.p < MOST_P && one.slowWith * rest > one.restWith * slow)
    .toSorted((a, b) => b.g - a.g);
  const best = new Map<string, Explanation>();
  for (const one of found) {
    const key = one.dimension.replace(SIZE_OF, "");
    if (!best.has(key)) best.set(key, one);
  }
  return [...best.values()];
}

function dimensionsOf(observations: readonly Observation[], isSlow: boolean): ReadonlySet<string> {
  const group = observations.filter((one) => one.isSlow === isSlow);
  return new Set(group.flatMap(({ dimensions }) => [...dimensions.keys()]));
}

function equalities(observations: readonly Observation[]): readonly Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const { isSlow, ns, dimensions } of observations) {
    for (const [dimension, value] of dimensions) {
      const key = `${dimension}\n${value}`;
      const one = candidates.get(key) ?? candidate(dimension, String(value));
      candidates.set(key, one);
      count(one, isSlow, ns);
    }
  }
  return [...candidates.values()];
}

function bounds(observations: readonly Observation[]): readonly Candidate[] {
  const names = new Set(observations.flatMap(({ dimensions }) => [...dimensions.keys()]));
  return [...names].flatMap((dimension) => {
    const values = observations.flatMap(({ dimensions }) => {
      const value = dimensions.get(dimension);
      return typeof value === "number" ? [value] : [];
    });
    if (values.length < observations.length) return [];
    const sorted = values.toSorted((a, b) => a - b);
    const cuts = new Set(
      Array.from({ length: CUTS }, (_, i) => sorted[Math.floor((i * sorted.length) / CUTS)] ?? 0),
    );
    return [...cuts].flatMap((cut) => {
      const [least, most] = [candidate(dimension, `>= ${cut}`), candidate(dimension, `<= ${cut}`)];
      for (const { isSlow, ns, dimensions } of observations) {
        const value = Number(dimensions.get(dimension));
        if (value >= cut) count(least, isSlow, ns);
        if (value <= cut) count(most, isSlow, ns);
      }
      return [least, most];
    });
  });
}

function candidate(dimension: string, value: string): Candidate {
  return { dimension, value, slowWith: 0, restWith: 0, sumNs: 0 };
}

function count(one: Candidate, isSlow: boolean, ns: number): void {
  if (isSlow) one.slowWith += 1;
  else one.restWith += 1;
  one.sumNs += ns;
}

function gOf(slowWith: number, slow: number, restWith: number, rest: number): number {
  const all = slow + rest;
  const withValue = slowWith + restWith;
  const cells = [
    [slowWith, slow, withValue],
    [slow - slowWith, slow, all - withValue],
    [restWith, rest, withValue],
    [rest - restWith, rest, all - withValue],
  ] as const;
  return (
    2 *
    cells.reduce(
      (sum, [seen, row, column]) =>
        seen === 0 ? sum : sum + seen * Math.log((seen * all) / (row * column)),
      0,
    )
  );
}

/** P(X >= g) for one degree of freedom. */
export function chiSquaredTail(g: number): number {
  return erfc(Math.sqrt(Math.max(0, g) / 2));
}

/** Numerical Recipes in C (2nd edition), section 6.2: `erfcc`, relative error below 1.2e-7. */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398,
    1.48851587, -0.82215223, 0.17087277,
  ];
  const polynomial = coefficients.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  return t * Math.exp(-x * x + polynomial);
}
