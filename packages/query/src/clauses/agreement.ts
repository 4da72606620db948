// Is the clause that is said to match the one that was recorded?

import type { ClausesView } from "@elixirscope/wire";

/** Null: one of the two is not known. */
export function agreement(
  recorded: ClausesView["recorded"],
  views: ClausesView["clauses"],
  chosen: number | null,
): boolean | null {
  if (recorded === null) return null;
  if (recorded.clause === "none")
    return views.some(({ holds }) => holds === null) ? null : chosen === null;
  if (chosen !== null) return chosen === recorded.clause;
  return views[recorded.clause]?.holds === false ? false : null;
}
