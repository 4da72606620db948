// A recorded value with its place in time: what a walk back goes from and to.

import type { Term } from "@elixirscope/etf";
import type { TermPath } from "@elixirscope/store";
import type { PlaceKind } from "@elixirscope/wire";
import { follow } from "./term-way.ts";

/** In one process, what happens later is later in both or has the same time and a higher id. */
export type Moment = { readonly t: number; readonly event: number };

/** A value as it was recorded, whole: of an argument the list of all arguments. */
export type Holder = Moment & {
  readonly kind: PlaceKind;
  /** the process, as the index of `base.pids` */
  readonly pid: number;
  /** of an argument or result: the call; of what happened in a call: that one; null: in none that was recorded */
  readonly call: number | null;
  readonly root: Term;
  /** of a binding: the variable */
  readonly name: string | null;
  readonly site: number | null;
  /** of a result: `Shop.Pricing.price/1`, as Elixir writes it */
  readonly function: string | null;
};

export type Place = Holder & { readonly path: TermPath; readonly value: Term };

export function placeIn(holder: Holder, path: TermPath): Place | null {
  const value = follow(holder.root, path);
  return value === undefined ? null : { ...holder, path, value };
}

/** A list of arguments is no value of the program: those in it are. */
export function firstStep({ kind }: Pick<Holder, "kind">): 0 | 1 {
  return kind === "argument" ? 1 : 0;
}

export function isBefore(one: Moment, other: Moment): boolean {
  return one.t < other.t || (one.t === other.t && one.event < other.event);
}
