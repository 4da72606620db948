// The tree of a `StackFold` as a list, callers before what they call, with the calls that have not ended.

import { add, type StackFold, type StackSum, type Stacks } from "./stack-fold.ts";

export type OpenCall = {
  readonly call: number;
  readonly parent: number | null;
  readonly function: number;
  readonly t: number;
  /** false: it is not known when it ended */
  readonly isOpen: boolean;
};

export type StackPath = Omit<StackSum, "below"> & {
  readonly above: StackPath | null;
  readonly depth: number;
  open: number;
};

/** `open` by id: callers first. */
export function pathsOf(fold: StackFold, open: readonly OpenCall[]): readonly StackPath[] {
  const list = new PathList();
  list.add(null, fold.roots);
  const places = new Map<number, StackPath>();
  for (const { call, parent, function: fun, t, isOpen } of open) {
    const path = list.at(parent === null ? null : (places.get(parent) ?? null), fun, call, t);
    if (isOpen) path.open += 1;
    else path.calls += 1;
    places.set(call, path);
  }
  // whose caller is not known any more stands by itself
  for (const [call, stacks] of fold.waiting) list.add(places.get(call) ?? null, stacks);
  return list.paths.toSorted(
    (a, b) => a.depth - b.depth || a.first - b.first || a.function - b.function,
  );
}

class PathList {
  readonly paths: StackPath[] = [];
  readonly #known = new Map<StackPath | null, Map<number, StackPath>>();

  at(above: StackPath | null, fun: number, call: number, t: number): StackPath {
    const siblings = this.#known.get(above) ?? new Map<number, StackPath>();
    this.#known.set(above, siblings);
    const known = siblings.get(fun);
    if (known !== undefined) {
      known.first = Math.min(known.first, call);
      known.t = Math.min(known.t, t);
      return known;
    }
    const path: StackPath = {
      function: fun,
      above,
      depth: (above?.depth ?? 0) + 1,
      calls: 0,
      open: 0,
      totalNs: 0,
      selfNs: 0,
      waitingNs: 0,
      raised: 0,
      first: call,
      t,
    };
    siblings.set(fun, path);
    this.paths.push(path);
    return path;
  }

  add(above: StackPath | null, stacks: Stacks): void {
    const pending = [...stacks.values()].map((sum) => ({ above, sum }));
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const { sum } = at;
      const path = this.at(at.above, sum.function, sum.first, sum.t);
      add(path, sum);
      for (const below of sum.below.values()) pending.push({ above: path, sum: below });
    }
  }
}

/** The `limit` paths that took longest, each with all of its callers. */
export function largest(paths: readonly StackPath[], limit: number): readonly StackPath[] {
  if (paths.length <= limit) return paths;
  // an open caller has no time of its own yet, but what is below it has
  const reach = new Map<StackPath, number>();
  for (const path of paths.toReversed()) {
    const own = Math.max(path.totalNs, reach.get(path) ?? 0);
    reach.set(path, own);
    if (path.above !== null) reach.set(path.above, Math.max(own, reach.get(path.above) ?? 0));
  }
  const ranked = paths.toSorted(
    (a, b) => (reach.get(b) ?? 0) - (reach.get(a) ?? 0) || a.depth - b.depth || a.first - b.first,
  );
  const kept = new Set(ranked.slice(0, limit));
  return paths.filter((path) => kept.has(path));
}
