// Breakpoints and watchpoints over a recording: every place in time at which a condition held.

import { styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { hitOf, withPids, type FindResult } from "./hit.ts";
import { lossNotes } from "./search-facts.ts";
import { searchSteps, type SearchOptions } from "./search-steps.ts";
import type { NoSubject } from "./subject.ts";
import type { Found } from "./watcher.ts";
import type { Watch } from "./where.ts";

export type FindOptions = SearchOptions & {
  /** hits at most */
  readonly limit: number;
  /** the last ones count, not the first */
  readonly last?: boolean;
};

export type FindAnswer =
  | { readonly ok: true; readonly result: FindResult }
  | { readonly ok: false; readonly missing: NoSubject };

export async function find(
  source: Source,
  watch: Watch,
  options: FindOptions,
): Promise<FindAnswer> {
  const lookup = await searchSteps(source, watch, options);
  if (!lookup.ok) return lookup;
  const { search } = lookup;
  // text is made only of those that are shown
  const found: Found[] = [];
  let more = false;
  for await (const step of search.found()) {
    if (found.length >= options.limit) {
      more = true;
      if (options.last !== true) break;
      found.shift();
    }
    found.push(step);
  }
  const style = styleOf(source.manifest);
  const hits = found.map((step) => hitOf(step, search.subject, style));
  const { from, to } = search.range;
  const notes = [...search.notes(), ...(await lossNotes(source, from, to))];
  const { counters } = search;
  return { ok: true, result: { hits: await withPids(source, hits), more, counters, notes } };
}
