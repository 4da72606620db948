// A question that is put together step by step and answered only when somebody looks.
//
// Queries never change: each step gives a new one, so a question can be continued in several ways.
// Iterating runs it from the start; `explain()` says its steps without running it.

export type Plan<T> = {
  readonly steps: readonly string[];
  readonly run: () => Iterable<T>;
};

/** The value to order by; texts by their UTF-16 units, so that the order is the same everywhere. */
export type SortKey = number | string;

export abstract class Query<T, Self> implements Iterable<T> {
  readonly #plan: Plan<T>;

  constructor(plan: Plan<T>) {
    this.#plan = plan;
  }

  /** The same kind of query over another plan. */
  protected abstract derive(plan: Plan<T>): Self;

  [Symbol.iterator](): Iterator<T> {
    return this.#plan.run()[Symbol.iterator]();
  }

  /** The steps in the order in which they are taken. */
  explain(): readonly string[] {
    return this.#plan.steps;
  }

  /** Those that `test` accepts; `why` is how `explain` calls it. */
  where(test: (item: T) => boolean, why = "where a function accepts it"): Self {
    return this.#then(why, function* (items) {
      for (const item of items) if (test(item)) yield item;
    });
  }

  /** Equal keys stay in their order. */
  orderBy(key: (item: T) => SortKey, direction: "asc" | "desc" = "asc"): Self {
    const sign = direction === "asc" ? 1 : -1;
    return this.#then(`in ${direction === "asc" ? "rising" : "falling"} order`, (items) =>
      [...items]
        .map((item) => ({ item, at: key(item) }))
        .toSorted((a, b) => (a.at < b.at ? -sign : a.at > b.at ? sign : 0))
        .map(({ item }) => item),
    );
  }

  limit(count: number): Self {
    return this.#then(`the first ${count}`, function* (items) {
      let left = count;
      if (left <= 0) return;
      for (const item of items) {
        yield item;
        left -= 1;
        if (left <= 0) return;
      }
    });
  }

  skip(count: number): Self {
    return this.#then(`without the first ${count}`, function* (items) {
      let left = count;
      for (const item of items) {
        if (left > 0) left -= 1;
        else yield item;
      }
    });
  }

  toArray(): T[] {
    return [...this];
  }

  first(): T | undefined {
    for (const item of this) return item;
    return undefined;
  }

  count(): number {
    let count = 0;
    for (const _ of this) count += 1;
    return count;
  }

  map<U>(of: (item: T) => U): U[] {
    return Array.from(this, of);
  }

  groupBy<K>(key: (item: T) => K): Map<K, T[]> {
    const groups = new Map<K, T[]>();
    for (const item of this) {
      const at = key(item);
      const group = groups.get(at);
      if (group === undefined) groups.set(at, [item]);
      else group.push(item);
    }
    return groups;
  }

  #then(step: string, change: (items: Iterable<T>) => Iterable<T>): Self {
    return this.derive(this.extend(step, change));
  }

  /** The plan with one more step, which may change what the items are. */
  protected extend<U>(step: string, change: (items: Iterable<T>) => Iterable<U>): Plan<U> {
    const { steps, run } = this.#plan;
    return { steps: [...steps, step], run: () => change(run()) };
  }
}

/** A name with `*` for any text and `?` for one character, or a regular expression. */
export type NamePattern = string | RegExp;

export function nameTest(pattern: NamePattern): (name: string) => boolean {
  if (typeof pattern !== "string") {
    // a sticky or global one would remember where it was
    const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
    return (name) => stateless.test(name);
  }
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  return (name) => globMatches(pattern, name);
}

/** Backtracks to the last `*` alone, so the time is at most the product of the lengths. */
function globMatches(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let retry = 0;
  while (n < name.length) {
    if (pattern[p] === "*") {
      star = p;
      retry = n;
      p += 1;
    } else if (pattern[p] === name[n] || pattern[p] === "?") {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      retry += 1;
      n = retry;
    } else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}
