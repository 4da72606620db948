// Calls in the order in which they end, merged into a tree of call stacks with times.
//
// A call ends before its caller, so what is below a call that has not ended waits for it under its id. That
// way a call counts once, when it ends, in whatever portions the recording is read; what waits is bounded by
// the calls that are open.

/** Stacks beyond that are not told apart: their time is in their callers'. */
const MAX_STACKS = 50_000;

export type EndedCall = {
  readonly call: number;
  readonly parent: number | null;
  readonly function: number;
  readonly t: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly raised: boolean;
};

export type Stacks = Map<number, StackSum>;

export type StackSum = {
  readonly function: number;
  calls: number;
  totalNs: number;
  selfNs: number;
  waitingNs: number;
  raised: number;
  /** the first call */
  first: number;
  t: number;
  readonly below: Stacks;
};

export class StackFold {
  readonly roots: Stacks = new Map();
  /** what is below calls that have not ended */
  readonly waiting: Map<number, Stacks> = new Map();
  readonly #waits = new Map<number, number>();
  #stacks = 0;
  /** calls whose stacks are not told apart */
  left: number = 0;

  /** Time in which a call did nothing but wait; told before it ends. */
  wait(call: number, ns: number): void {
    this.#waits.set(call, (this.#waits.get(call) ?? 0) + ns);
  }

  end({ call, parent, function: fun, t, totalNs, selfNs, raised }: EndedCall): void {
    const below = this.waiting.get(call) ?? new Map<number, StackSum>();
    this.waiting.delete(call);
    const waitingNs = Math.min(selfNs, this.#waits.get(call) ?? 0);
    this.#waits.delete(call);
    this.#stacks += 1;
    this.#merge(this.#belowOf(parent), {
      function: fun,
      calls: 1,
      totalNs,
      selfNs,
      waitingNs,
      raised: raised ? 1 : 0,
      first: call,
      t,
      below,
    });
  }

  #belowOf(parent: number | null): Stacks {
    if (parent === null) return this.roots;
    let below = this.waiting.get(parent);
    if (below === undefined) {
      below = new Map();
      this.waiting.set(parent, below);
    }
    return below;
  }

  #merge(into: Stacks, sum: StackSum): void {
    const pending: { readonly into: Stacks; readonly sum: StackSum }[] = [{ into, sum }];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const known = at.into.get(at.sum.function);
      if (known === undefined) {
        if (this.#stacks > MAX_STACKS) this.#drop(at.sum);
        else at.into.set(at.sum.function, at.sum);
        continue;
      }
      this.#stacks -= 1;
      add(known, at.sum);
      for (const below of at.sum.below.values()) pending.push({ into: known.below, sum: below });
    }
  }

  #drop(sum: StackSum): void {
    const pending = [sum];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      this.#stacks -= 1;
      this.left += at.calls;
      for (const below of at.below.values()) pending.push(below);
    }
  }
}

export function add(
  into: Omit<StackSum, "below" | "function">,
  sum: Omit<StackSum, "below" | "function">,
): void {
  into.calls += sum.calls;
  into.totalNs += sum.totalNs;
  into.selfNs += sum.selfNs;
  into.waitingNs += sum.waitingNs;
  into.raised += sum.raised;
  into.first = Math.min(into.first, sum.first);
  into.t = Math.min(into.t, sum.t);
}
