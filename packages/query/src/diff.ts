// The structural difference of two terms: which places inside were added, removed or changed.
//
// Places are found by key in maps, structs and keyword lists, by position in tuples, and by the
// longest common subsequence in lists, so that a queue that moved by one shows one entry gone and one
// come. What a marker says was cut is unknown, not different: it never shows as added or removed.

import { equal, termKey, type ListTerm, type Term } from "@elixirscope/etf";
import { align, type Run } from "./align.ts";
import { cutMapSize, isCutAtom, isCutTuple } from "./cut.ts";
import { keywordPairs } from "./keyword-pairs.ts";

/** One step from a term into a part of it. For an item of a list, its place on each side. */
export type Step =
  | { readonly kind: "key"; readonly key: Term }
  | { readonly kind: "keyword"; readonly key: Term }
  | { readonly kind: "element"; readonly index: number }
  | { readonly kind: "item"; readonly before: number | null; readonly after: number | null };

export type Change = {
  readonly path: readonly Step[];
  /** null: added */
  readonly before: Term | null;
  /** null: removed */
  readonly after: Term | null;
};

/** `complete` is false when there were more than `limit` changes. */
export type Difference = { readonly changes: readonly Change[]; readonly complete: boolean };

/** What differs below this is shown as a change of what is there. */
const MAX_DEPTH = 100;

export function diffTerms(before: Term, after: Term, limit: number): Difference {
  const walk = new Walk(limit);
  walk.compare(before, after, null);
  return { changes: walk.changes, complete: walk.complete };
}

/** The way back up, so that a path is built only where there is a change. */
type Place = { readonly step: Step; readonly up: Place; readonly depth: number } | null;

function inside(up: Place, step: Step): Place {
  return { step, up, depth: (up?.depth ?? 0) + 1 };
}

class Walk {
  readonly changes: Change[] = [];
  complete = true;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  compare(before: Term, after: Term, place: Place): void {
    if (!this.complete || equal(before, after)) return;
    const atEnd = isCutTuple(before) || isCutTuple(after) || place?.depth === MAX_DEPTH;
    if (atEnd) return this.#add(place, before, after);
    if (
      before.kind === "map" &&
      after.kind === "map" &&
      sameStruct(before.entries, after.entries)
    ) {
      return this.#maps(before.entries, after.entries, place);
    }
    if (before.kind === "tuple" && after.kind === "tuple" && sameTag(before.items, after.items)) {
      return this.#tuples(before.items, after.items, place);
    }
    if (before.kind === "list" && after.kind === "list" && comparableLists(before, after)) {
      return this.#lists(before, after, place);
    }
    this.#add(place, before, after);
  }

  #maps(before: Entries, after: Entries, place: Place): void {
    const cut = cutMapSize(before) !== null || cutMapSize(after) !== null;
    const news = new Map(after.map(([key, value]) => [termKey(key), value]));
    for (const [key, value] of before) {
      const id = termKey(key);
      const other = news.get(id);
      news.delete(id);
      const here = inside(place, { kind: "key", key });
      if (other !== undefined) {
        if (!isCutAtom(key)) this.compare(value, other, here);
      } else if (!cut) this.#add(here, value, null);
    }
    if (cut) return;
    for (const [key, value] of after) {
      if (!news.has(termKey(key))) continue;
      this.#add(inside(place, { kind: "key", key }), null, value);
    }
  }

  #tuples(before: readonly Term[], after: readonly Term[], place: Place): void {
    for (const [index, item] of before.entries()) {
      const other = after[index];
      if (other === undefined) continue;
      this.compare(item, other, inside(place, { kind: "element", index }));
    }
  }

  #lists(before: ListTerm, after: ListTerm, place: Place): void {
    const whole = before.tail === null && after.tail === null;
    const keyed = whole ? keywordPairs(before.items, after.items) : null;
    if (keyed !== null) {
      for (const { key, value, next } of keyed) {
        const here = inside(place, { kind: "keyword", key });
        if (value !== null && next !== null) this.compare(value, next, here);
        else this.#add(here, value, next);
      }
      return;
    }
    const runs = align(before.items, after.items);
    if (runs === null) return this.#add(place, before, after);
    const known = this.changes.length;
    for (const run of runs) this.#run(before, after, run, place);
    if (this.changes.length > known) return;
    const end = inside(place, {
      kind: "item",
      before: before.items.length,
      after: after.items.length,
    });
    if (before.tail !== null && after.tail !== null) this.compare(before.tail, after.tail, end);
    else if (before.tail !== after.tail) this.#add(end, before.tail, after.tail);
  }

  /** A stretch between common items: paired when equally long on both sides, else gone and come. */
  #run(before: ListTerm, after: ListTerm, run: Run, place: Place): void {
    const { from, to, newFrom, newTo } = run;
    const paired = to - from === newTo - newFrom;
    // at the end of what was kept of a list, what is missing may just be beyond the cut
    const last = to === before.items.length && newTo === after.items.length;
    for (let i = from; i < to; i++) {
      const item = before.items[i];
      if (item === undefined) continue;
      const next = paired ? after.items[newFrom + i - from] : undefined;
      const at = next === undefined ? null : newFrom + i - from;
      const here = inside(place, { kind: "item", before: i, after: at });
      if (next !== undefined) this.compare(item, next, here);
      else if (!last || after.tail === null) this.#add(here, item, null);
    }
    if (paired || (last && before.tail !== null)) return;
    for (let j = newFrom; j < newTo; j++) {
      const item = after.items[j];
      if (item === undefined) continue;
      this.#add(inside(place, { kind: "item", before: null, after: j }), null, item);
    }
  }

  #add(place: Place, before: Term | null, after: Term | null): void {
    if (this.changes.length === this.#limit) {
      this.complete = false;
      return;
    }
    const path: Step[] = [];
    for (let at = place; at !== null; at = at.up) path.push(at.step);
    this.changes.push({ path: path.toReversed(), before, after });
  }
}

type Entries = readonly (readonly [Term, Term])[];

function sameStruct(before: Entries, after: Entries): boolean {
  const [name, other] = [structName(before), structName(after)];
  return name === other;
}

export function structName(entries: Entries): string | null {
  for (const [key, value] of entries) {
    if (key.kind === "atom" && key.name === "__struct__" && value.kind === "atom")
      return value.name;
  }
  return null;
}

/** `{:ok, x}` and `{:error, y}` are two things, not one whose parts changed. */
function sameTag(before: readonly Term[], after: readonly Term[]): boolean {
  const [tag, other] = [before[0], after[0]];
  if (before.length !== after.length || tag === undefined || other === undefined) return false;
  return tag.kind !== "atom" || other.kind !== "atom" || tag.name === other.name;
}

/** Text as a charlist changes as a whole; so does an improper list, unless its tail is just cut. */
function comparableLists(before: ListTerm, after: ListTerm): boolean {
  if (isText(before) || isText(after)) return false;
  return [before.tail, after.tail].every((tail) => tail === null || isCutTuple(tail));
}

function isText(list: ListTerm): boolean {
  return (
    list.items.length > 0 &&
    list.items.every((item) => item.kind === "integer" && item.value >= 32 && item.value <= 126)
  );
}
