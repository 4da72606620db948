// Breakpoints and watchpoints over a recording: every place in time at which a condition held.

import { styleOf } from "../print.ts";
import type { Source } from "../sql.ts";
import { hitOf, withPids, type FindResult, type RawHit } from "./hit.ts";
import { lossNotes } from "./search-facts.ts";
import { searchSteps, type SearchOptions } from "./search-steps.ts";
import type { NoSubject } from "./subject.ts";
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
  const hits: RawHit[] = [];
  let more = false;
  const style = styleOf(source.manifest);
  for await (const found of search.found()) {
    if (hits.length >= options.limit) {
      more = true;
      if (options.last !== true) break;
      hits.shift();
    }
    hits.push(hitOf(found, search.subject, style));
  }
  const { from, to } = search.range;
  const notes = [...search.notes(), ...(await lossNotes(source, from, to))];
  const { counters } = search;
  return { ok: true, result: { hits: await withPids(source, hits), more, counters, notes } };
}
