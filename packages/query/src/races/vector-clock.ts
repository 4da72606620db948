// Vector clocks as persistent tries: what a process knew of every other is one value that messages carry.
//
// A new clock shares all that did not change with the one it came from, so sending costs nothing, and
// joining two skips what they share. That keeps thousands of short-lived processes cheap, as tree clocks
// do for locks (Mathur, Pavlogiannis, Tunç, Viswanathan: "A Tree Clock Data Structure for Causal
// Orderings in Concurrent Executions", ASPLOS 2022); the order itself is Fidge's and Mattern's (1988/89).

const BITS = 4;
const WIDTH = 1 << BITS;

/** Leaves hold counters, nodes hold clocks of the level below; null is all zero. */
type Node = { readonly children: readonly (Node | null)[]; readonly counters: null } | Leaf;
type Leaf = { readonly children: null; readonly counters: readonly number[] };

export type Clock = Node | null;

/** Clocks over processes 0 to `processes` - 1. */
export class Clocks {
  readonly #levels: number;

  constructor(processes: number) {
    let levels = 0;
    for (let reach = WIDTH; reach < processes; reach *= WIDTH) levels += 1;
    this.#levels = levels;
  }

  get(clock: Clock, process: number): number {
    let at = clock;
    for (let level = this.#levels; at !== null; level--) {
      const place = (process >>> (level * BITS)) & (WIDTH - 1);
      if (at.counters !== null) return at.counters[place] ?? 0;
      at = at.children[place] ?? null;
    }
    return 0;
  }

  set(clock: Clock, process: number, count: number): Clock {
    return this.#set(clock, this.#levels, process, count);
  }

  /** What both know together; one of the two itself when it knows everything the other does. */
  join(a: Clock, b: Clock): Clock {
    if (a === b || b === null) return a;
    if (a === null) return b;
    if (a.counters !== null && b.counters !== null) return joinLeaves(a, b);
    if (a.children === null || b.children === null) return a;
    const children: (Node | null)[] = [];
    let [isA, isB] = [true, true];
    for (let i = 0; i < WIDTH; i++) {
      const [left, right] = [a.children[i] ?? null, b.children[i] ?? null];
      const both = this.join(left, right);
      isA &&= both === left;
      isB &&= both === right;
      children.push(both);
    }
    if (isA) return a;
    return isB ? b : { children, counters: null };
  }

  /** As deep as the trie: at most eight for all processes that 32 bits can count. */
  #set(at: Clock, level: number, process: number, count: number): Node {
    const place = (process >>> (level * BITS)) & (WIDTH - 1);
    if (level === 0) {
      const counters = at?.counters?.slice() ?? Array.from({ length: WIDTH }, () => 0);
      counters[place] = count;
      return { children: null, counters };
    }
    const children = at?.children?.slice() ?? Array.from({ length: WIDTH }, () => null);
    children[place] = this.#set(children[place] ?? null, level - 1, process, count);
    return { children, counters: null };
  }
}

function joinLeaves(a: Leaf, b: Leaf): Leaf {
  let [isA, isB] = [true, true];
  for (let i = 0; i < WIDTH; i++) {
    const [left, right] = [a.counters[i] ?? 0, b.counters[i] ?? 0];
    isA &&= left >= right;
    isB &&= right >= left;
  }
  if (isA) return a;
  if (isB) return b;
  return {
    children: null,
    counters: a.counters.map((count, i) => Math.max(count, b.counters[i] ?? 0)),
  };
}
