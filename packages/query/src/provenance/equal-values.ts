// Where there is no data flow to follow: equal values. The largest part around the value that is found again
// counts, since a small one may be equal by chance; what is equal everywhere says nothing.

import type { Term } from "@elixirscope/etf";
import { isCommon } from "./common-values.ts";
import { firstStep, placeIn, type Holder, type Place } from "./place.ts";
import { follow, waysTo } from "./term-way.ts";

export type EqualFind =
  | { readonly kind: "found"; readonly place: Place; readonly candidates: number }
  /** an equal value stood here and there, which says nothing */
  | { readonly kind: "common"; readonly places: readonly Place[] }
  | { readonly kind: "none" };

const MOST_SHOWN = 3;

/** `holders` newest first; the nearest is the one that is answered. */
export function equalValue(place: Place, holders: readonly Holder[]): EqualFind {
  const { root, path } = place;
  for (let length = firstStep(place); length <= path.length; length++) {
    const around = follow(root, path.slice(0, length));
    if (around === undefined || isCommon(around)) continue;
    const found = placesOf(around, path.slice(length), holders);
    const [nearest] = found;
    if (nearest !== undefined) return { kind: "found", place: nearest, candidates: found.length };
  }
  if (!isCommon(place.value)) return { kind: "none" };
  const places = placesOf(place.value, [], holders);
  return places.length === 0
    ? { kind: "none" }
    : { kind: "common", places: places.slice(0, MOST_SHOWN) };
}

/** One for each holder, at the shortest way to it. */
function placesOf(around: Term, rest: Place["path"], holders: readonly Holder[]): readonly Place[] {
  return holders.flatMap((holder) => {
    const way = waysTo(around, holder.root).find(({ length }) => length >= firstStep(holder));
    const place = way === undefined ? null : placeIn(holder, [...way, ...rest]);
    return place === null ? [] : [place];
  });
}
