// Names of a condition: those that its own patterns bind (slots), and all others, which are the
// recorded variables that it asks for.

import type { Term } from "@elixirscope/etf";
import type { Evaluated } from "./evaluated.ts";

export type Env = {
  /** undefined: not known here */
  readonly lookup: (name: string) => Term | undefined;
  readonly slots: (Term | undefined)[];
};

export type Evaluator = (env: Env) => Evaluated;

export class Scope {
  readonly #bound: Map<string, number>;
  readonly #shared: { slots: number; readonly free: Set<string> };

  constructor(
    bound: ReadonlyMap<string, number> = new Map(),
    shared: { slots: number; readonly free: Set<string> } = { slots: 0, free: new Set() },
  ) {
    this.#bound = new Map(bound);
    this.#shared = shared;
  }

  /** What is bound in it does not leave it. */
  inner(): Scope {
    return new Scope(this.#bound, this.#shared);
  }

  get free(): ReadonlySet<string> {
    return this.#shared.free;
  }

  slotOf(name: string): number | undefined {
    return this.#bound.get(name);
  }

  ask(name: string): void {
    this.#shared.free.add(name);
  }

  bind(name: string): number {
    const slot = this.#shared.slots++;
    this.#bound.set(name, slot);
    return slot;
  }
}
