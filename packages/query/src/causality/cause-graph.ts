// What a walk along causes finds.

import type { CauseEdge } from "@elixirscope/wire";

/** Events are ids; edges lead from causes to effects, whichever way was walked. */
export type CauseGraph = {
  readonly event: number;
  readonly direction: "causes" | "effects";
  /** rising, with `event` itself */
  readonly events: readonly number[];
  /** between those events, by target, then source */
  readonly edges: readonly CauseEdge[];
  /** where the walk ended because nothing further is recorded: the roots, or the last effects; rising */
  readonly ends: readonly number[];
  /** there are more than the limit allows */
  readonly truncated: boolean;
  readonly limits: readonly string[];
};

export type WalkOptions = {
  /** events at most, the first one included */
  readonly limit?: number;
  readonly signal?: AbortSignal;
};

export const DEFAULT_WALK_LIMIT = 10_000;

/** A walk's events, edges and ends, while it goes on. */
export class Reached {
  readonly events: Set<number>;
  readonly edges: CauseEdge[] = [];
  readonly ends: number[] = [];
  truncated = false;
  readonly #limit: number;

  constructor(event: number, limit: number) {
    this.events = new Set([event]);
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.events.size >= this.#limit;
  }

  /** Whether `next`, to which the edge leads, is new. */
  follow(edge: CauseEdge, next: number): boolean {
    const isNew = !this.events.has(next);
    if (isNew && this.isFull) {
      this.truncated = true;
      return false;
    }
    this.events.add(next);
    this.edges.push(edge);
    return isNew;
  }

  graph(direction: CauseGraph["direction"], limits: readonly string[]): CauseGraph {
    const [event = 0] = this.events;
    return {
      event,
      direction,
      events: [...this.events].toSorted((a, b) => a - b),
      edges: this.edges.toSorted((a, b) => a.target - b.target || a.source - b.source),
      ends: this.ends.toSorted((a, b) => a - b),
      truncated: this.truncated,
      limits,
    };
  }
}
