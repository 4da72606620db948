// Where a value was seen: in arguments, variables, results, messages and states, whole or as a part, in the
// order of time; and whether, how and when it reached a place.

import type { Term } from "@elixirscope/etf";
import { mfaText } from "../names.ts";
import { recordingRange } from "../recording-range.ts";
import { asNumber, asNumberOrNull, asTextOrNull, select, sql, type Source } from "../sql.ts";
import type { FindOptions } from "./find.ts";
import { lossNotes, sliceCount } from "./search-facts.ts";
import { needleOf, occurrence } from "./occurrence.ts";
import type { Sighting, ValueResult } from "./sighting.ts";
import { subjectOf, type NoSubject, type Subject } from "./subject.ts";
import { countIn, MAX_VALUES, valuesIn, type SeenValue } from "./value-rows.ts";
import type { Where } from "./where.ts";
import { eachSlice, slices } from "./windows.ts";

export type ValueAnswer =
  | { readonly ok: true; readonly result: ValueResult }
  | { readonly ok: false; readonly missing: NoSubject };

/** `reaches`: only what happens there is listed, the rest is counted. */
export async function findValue(
  source: Source,
  wanted: Term,
  reaches: Where | null,
  options: FindOptions,
): Promise<ValueAnswer> {
  let subject: Subject | null = null;
  if (reaches !== null) {
    const lookup = await subjectOf(source, reaches);
    if (!lookup.ok) return lookup;
    ({ subject } = lookup);
  }
  const range = await recordingRange(source);
  const from = options.from ?? range.t0;
  const to = Math.min(options.to ?? range.t1, range.t1) + 1;
  const search = new ValueSearch(wanted, subject, options, await Places.of(source));
  const needle = needleOf(wanted);
  const count = await sliceCount(source, from, to);
  const read = eachSlice(
    slices(from, to, count),
    async (slice) => await countIn(source, slice),
    MAX_VALUES,
    async (slice) => await valuesIn(source, slice, needle),
  );
  for await (const { slice, value: seen } of read) {
    options.signal?.throwIfAborted();
    if (!search.take(seen)) break;
    options.progress?.(slice.to - from, to - from);
  }
  return { ok: true, result: search.result(await lossNotes(source, from, to)) };
}

class ValueSearch {
  readonly #wanted: Term;
  readonly #subject: Subject | null;
  readonly #options: FindOptions;
  readonly #places: Places;
  readonly #sightings: Sighting[] = [];
  #origin: Sighting | null = null;
  #more = false;
  #elsewhere = 0;
  #elsewhereSince = 0;
  #looked = 0;
  #unknown = 0;

  constructor(wanted: Term, subject: Subject | null, options: FindOptions, places: Places) {
    this.#wanted = wanted;
    this.#subject = subject;
    this.#options = options;
    this.#places = places;
  }

  /** False: enough was found. */
  take(values: readonly SeenValue[]): boolean {
    for (const seen of values) {
      this.#looked += 1;
      const found = seen.value === null ? null : occurrence(this.#wanted, seen.value);
      if (found?.kind !== "found") {
        if (found?.kind === "unknown" || (seen.value === null && seen.isCut)) this.#unknown += 1;
        continue;
      }
      const sighting = this.#places.sighting(seen, found.way, this.#isThere(seen));
      this.#origin ??= sighting;
      if (this.#subject !== null && !sighting.reaches) {
        this.#elsewhereSince += 1;
        continue;
      }
      if (this.#sightings.length >= this.#options.limit) {
        this.#more = true;
        if (this.#options.last !== true) return false;
        this.#sightings.shift();
      }
      this.#elsewhere += this.#elsewhereSince;
      this.#elsewhereSince = 0;
      this.#sightings.push(sighting);
    }
    return true;
  }

  result(notes: readonly string[]): ValueResult {
    return {
      sightings: this.#sightings,
      more: this.#more,
      origin: this.#origin,
      elsewhere: this.#sightings.length === 0 ? this.#elsewhereSince : this.#elsewhere,
      looked: this.#looked,
      unknown: this.#unknown,
      notes,
    };
  }

  #isThere({ kind, function: ofFunction, site }: SeenValue): boolean {
    if (this.#subject === null || kind === "message" || kind === "state") return false;
    const { lineSites, functions } = this.#subject;
    if (lineSites !== null) return site !== null && lineSites.has(site);
    return ofFunction !== null && functions.has(ofFunction);
  }
}

type SitePlace = { readonly file: string | null; readonly line: number | null };

/** Names of functions and lines of sites, read once. */
class Places {
  readonly #functions: ReadonlyMap<number, string>;
  readonly #sites: ReadonlyMap<number, SitePlace>;

  private constructor(
    functions: ReadonlyMap<number, string>,
    sites: ReadonlyMap<number, SitePlace>,
  ) {
    this.#functions = functions;
    this.#sites = sites;
  }

  static async of(source: Source): Promise<Places> {
    const functions = await select(
      source,
      sql`SELECT id, module, "function", arity FROM base.functions`,
    );
    const sites = await select(source, sql`SELECT site, file, line FROM raw.sites`);
    return new Places(
      new Map(
        functions.map(([id, module, name, arity]) => [
          asNumber(id),
          mfaText(asTextOrNull(module) ?? "?", asTextOrNull(name) ?? "?", asNumber(arity ?? 0)),
        ]),
      ),
      new Map(
        sites.map(([site, file, line]) => [
          asNumber(site),
          { file: asTextOrNull(file), line: asNumberOrNull(line) },
        ]),
      ),
    );
  }

  sighting(seen: SeenValue, way: string, reaches: boolean): Sighting {
    const { t, event, pid, kind, name, to, function: ofFunction, site } = seen;
    const place = site === null ? undefined : this.#sites.get(site);
    return {
      t,
      event,
      pid,
      kind,
      where: name === "" ? way : name + way,
      mfa: ofFunction === null ? null : (this.#functions.get(ofFunction) ?? null),
      file: place?.file ?? null,
      line: place?.line ?? null,
      to,
      reaches,
    };
  }
}
