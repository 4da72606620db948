// Many durations in little room: each by itself while they are few, then a histogram of eight bins per
// power of two, whose percentiles are at most 9 % above the true ones (2^(1/8) - 1).

import type { Percentiles } from "@elixirscope/wire";

const BINS_PER_DOUBLING = 8;
const MOST_EXACT = 1_024;

export class Durations {
  #few: number[] | null = [];
  readonly #bins = new Map<number, number>();
  #count = 0;
  #max = 0;
  #mean = 0;
  /** sum of squared distances from the mean, kept by Welford's method */
  #squares = 0;

  add(ns: number): void {
    this.#count += 1;
    const distance = ns - this.#mean;
    this.#mean += distance / this.#count;
    this.#squares += distance * (ns - this.#mean);
    this.#max = Math.max(this.#max, ns);
    if (this.#few === null) return this.addBin(binOf(ns), 1);
    this.#few.push(ns);
    if (this.#few.length <= MOST_EXACT) return;
    for (const one of this.#few) this.addBin(binOf(one), 1);
    this.#few = null;
  }

  /** Durations that were counted elsewhere by `binOf`. */
  static fromBins(
    bins: readonly (readonly [bin: number, count: number])[],
    max: number,
  ): Durations {
    const durations = new Durations();
    durations.#few = null;
    durations.#max = max;
    for (const [bin, count] of bins) {
      durations.addBin(bin, count);
      durations.#count += count;
    }
    return durations;
  }

  private addBin(bin: number, count: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count);
  }

  get count(): number {
    return this.#count;
  }

  /** Of those that were added one by one. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#mean;
  }

  /** Of the sample; null for less than two. */
  get variance(): number | null {
    return this.#count < 2 ? null : this.#squares / (this.#count - 1);
  }

  get percentiles(): Percentiles {
    const at = this.#few === null ? this.#fromBins() : exactly(this.#few);
    return {
      count: this.#count,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: this.#count === 0 ? null : this.#max,
      precision: this.#few === null ? "histogram" : "exact",
    };
  }

  #fromBins(): (share: number) => number | null {
    const bins = [...this.#bins].toSorted(([a], [b]) => a - b);
    return (share) => {
      let left = Math.max(1, Math.ceil(share * this.#count));
      for (const [bin, count] of bins) {
        left -= count;
        if (left <= 0) return Math.min(this.#max, upperBound(bin));
      }
      return null;
    };
  }
}

/** The nearest-rank percentile, as `quantile_disc` has it. */
function exactly(values: readonly number[]): (share: number) => number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? null;
}

/** 0 is for durations below 1 ns; SQL has the same in `BIN_SQL` of latency.ts. */
export function binOf(ns: number): number {
  return ns < 1 ? 0 : Math.floor(Math.log2(ns) * BINS_PER_DOUBLING) + 1;
}

function upperBound(bin: number): number {
  return bin === 0 ? 0 : Math.floor(2 ** (bin / BINS_PER_DOUBLING));
}
