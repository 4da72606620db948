// How many events each instrumented function makes: what the control side looks at when it takes detail
// away from functions that cost more than their budget.

export type FunctionRate = {
  readonly module: string;
  readonly function: string;
  readonly arity: number;
  readonly eventsPerSecond: number;
};

export type CountedFunction = { readonly fn: number; readonly eventsPerSecond: number };

const FIRST_SIZE = 1_024;

export class FunctionRates {
  #counts = new Uint32Array(FIRST_SIZE);

  /** An event of the function with this number. */
  count(fn: number): void {
    if (fn >= this.#counts.length) this.#grow(fn);
    this.#counts[fn] = (this.#counts[fn] ?? 0) + 1;
  }

  /** The busiest since the last call, `seconds` ago; most first. */
  take(seconds: number, most: number): readonly CountedFunction[] {
    const counted: CountedFunction[] = [];
    for (const [fn, count] of this.#counts.entries()) {
      if (count > 0 && fn > 0) counted.push({ fn, eventsPerSecond: Math.round(count / seconds) });
    }
    this.#counts.fill(0);
    return counted.toSorted((a, b) => b.eventsPerSecond - a.eventsPerSecond).slice(0, most);
  }

  #grow(fn: number): void {
    const counts = new Uint32Array(2 ** Math.ceil(Math.log2(fn + 1)));
    counts.set(this.#counts);
    this.#counts = counts;
  }
}
