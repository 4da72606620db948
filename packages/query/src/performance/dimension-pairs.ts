// How the values of each dimension of a function's calls are spread on two sides, as shares of the calls in
// which they are known, so that the sides compare however many calls each has.

import type { DimensionPair } from "@elixirscope/wire";

type Dimensions = ReadonlyMap<string, string | number>;

/** Values that are listed by themselves; numbers beyond that many are put into as many bins. */
const MOST_VALUES = 8;

export function dimensionPairs(
  a: readonly Dimensions[],
  b: readonly Dimensions[],
): readonly DimensionPair[] {
  const names = new Set([...a, ...b].flatMap((one) => [...one.keys()]));
  return [...names]
    .flatMap((dimension): readonly DimensionPair[] => {
      const [ofA, ofB] = [valuesOf(a, dimension), valuesOf(b, dimension)];
      // what one side has not got at all was not recorded there
      if (ofA.length === 0 || ofB.length === 0) return [];
      const all = [...ofA, ...ofB];
      const numbers = all.filter((value) => typeof value === "number");
      const label =
        numbers.length === all.length && new Set(numbers).size > MOST_VALUES
          ? binLabel(numbers)
          : String;
      return [pairOf(dimension, ofA.map(label), ofB.map(label), numbers.length === all.length)];
    })
    .toSorted((x, y) => y.distance - y.byChance - (x.distance - x.byChance));
}

function valuesOf(all: readonly Dimensions[], dimension: string): readonly (string | number)[] {
  return all.flatMap((one) => {
    const value = one.get(dimension);
    return value === undefined ? [] : [value];
  });
}

function pairOf(
  dimension: string,
  a: readonly string[],
  b: readonly string[],
  isOrdered: boolean,
): DimensionPair {
  const [ofA, ofB] = [counts(a), counts(b)];
  const values = [...new Set([...ofA.keys(), ...ofB.keys()])].map((value) => ({
    value,
    a: (ofA.get(value) ?? 0) / a.length,
    b: (ofB.get(value) ?? 0) / b.length,
  }));
  const distance = values.reduce((sum, one) => sum + Math.abs(one.a - one.b), 0) / 2;
  const telling = values.toSorted(
    (x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b) || y.a + y.b - x.a - x.b,
  );
  const listed = telling.slice(0, MOST_VALUES);
  const rest = telling.slice(MOST_VALUES);
  return {
    dimension,
    distance,
    byChance: distanceByChance([...counts([...a, ...b]).values()], a.length, b.length),
    values: isOrdered
      ? listed.toSorted((x, y) => Number.parseFloat(x.value) - Number.parseFloat(y.value))
      : listed,
    rest: {
      values: rest.length,
      a: rest.reduce((sum, one) => sum + one.a, 0),
      b: rest.reduce((sum, one) => sum + one.b, 0),
    },
    known: [a.length, b.length],
  };
}

function counts(values: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return found;
}

/** Bins with about as many of all values in each. */
function binLabel(numbers: readonly number[]): (value: string | number) => string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const cuts = [
    ...new Set(
      Array.from(
        { length: MOST_VALUES },
        (_, i) => sorted[Math.floor((i * sorted.length) / MOST_VALUES)] ?? 0,
      ),
    ),
  ];
  const last = sorted.at(-1) ?? 0;
  return (value) => {
    const at = cuts.findLastIndex((cut) => cut <= Number(value));
    const [from, to] = [cuts[Math.max(0, at)] ?? 0, cuts[at + 1]];
    return to === undefined ? `${from} to ${last}` : `${from} to below ${to}`;
  };
}

/** Beyond this many of a value, the normal distribution is near enough. */
const MOST_EXACT = 30;

/** `totals`: how often each value is on both sides together, of which each is on the first with the same chance. */
export function distanceByChance(totals: readonly number[], a: number, b: number): number {
  const chance = a / (a + b);
  const expected = totals.map((n) => {
    if (n > MOST_EXACT)
      return Math.sqrt((2 / Math.PI) * n * chance * (1 - chance)) * (1 / a + 1 / b);
    let [probability, sum] = [(1 - chance) ** n, 0];
    for (let k = 0; k <= n; k++) {
      sum += probability * Math.abs(k / a - (n - k) / b);
      probability *= ((n - k) / (k + 1)) * (chance / (1 - chance));
    }
    return sum;
  });
  return Math.min(1, expected.reduce((sum, one) => sum + one, 0) / 2);
}
