// The values of one running call, by name. A name that was bound at several sites has the value of the
// latest one whose scope goes on; what only one site binds counts from then on.

import type { Term } from "@elixirscope/etf";
import { areEqual } from "../condition/compare-values.ts";
import type { Values } from "./step.ts";

/** Can what was bound at a site be named at another? Null: it cannot be told. */
export type IsVisible = (bound: number, at: number) => boolean | null;

type Bound = { readonly site: number | null; readonly value: Term };

export class FrameValues {
  /** newest last, one for each site */
  readonly #bound = new Map<string, Bound[]>();

  keep(site: number | null, values: Values): void {
    for (const [name, value] of values) {
      const before = this.#bound.get(name) ?? [];
      this.#bound.set(name, [...before.filter((one) => one.site !== site), { site, value }]);
    }
  }

  /** As they are at a site. */
  at(site: number | null, isVisible: IsVisible): Values {
    const values = new Map<string, Term>();
    for (const [name, bound] of this.#bound) {
      const latest = bound.at(-1);
      const visible =
        bound.length === 1
          ? latest
          : bound.findLast(
              (one) => one.site === null || site === null || isVisible(one.site, site) !== false,
            );
      const chosen = visible ?? latest;
      if (chosen !== undefined) values.set(name, chosen.value);
    }
    return values;
  }
}

export function areSame(one: Values, other: Values): boolean {
  if (one.size !== other.size) return false;
  for (const [name, value] of one) {
    const before = other.get(name);
    if (before === undefined) return false;
    if (before !== value && areEqual(before, value, { exact: true, signedZero: true }) !== true) {
      return false;
    }
  }
  return true;
}
