// "Did you mean", as the end of a message about a name that is not there.

import { nearestNames } from "@elixirscope/base";

export function didYouMean(wanted: string, known: Iterable<string>): string {
  const names = nearestNames(wanted, known);
  if (names.length === 0) return "";
  return `; did you mean ${names.join(" or ")}?`;
}
