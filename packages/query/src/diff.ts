// The structural difference of two terms: which places inside were added, removed or changed.
//
// Places are found by key in maps, structs and keyword lists, by position in tuples, and by the
// longest common subsequence in lists, so that a queue that moved by one shows one entry gone and one
// come. What a marker says was cut is unknown, not different: it never shows as added or removed.

import { equal, termKey, type Term } from "@elixirscope/etf";
import { cutMapSize, isCutAtom, isCutTuple } from "./cut.ts";

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

/** Cells of the table for the longest common subsequence; larger lists are compared by position. */
const MAX_ALIGNMENT_CELLS = 250_000;
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
    if (this.changes.length > known || before.tail === null || after.tail === null) return;
    const end = { kind: "item", before: before.items.length, after: after.items.length } as const;
    this.compare(before.tail, after.tail, inside(place, end));
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

type ListTerm = Extract<Term, { kind: "list" }>;

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

type KeywordPair = { readonly key: Term; readonly value: Term | null; readonly next: Term | null };

/** Both lists by key, if both are keyword lists without duplicates whose common keys keep their order. */
function keywordPairs(
  before: readonly Term[],
  after: readonly Term[],
): readonly KeywordPair[] | null {
  const olds = keywords(before);
  const news = keywords(after);
  if (olds === null || news === null) return null;
  const kept = [...olds.keys()].filter((name) => news.has(name));
  const order = [...news.keys()].filter((name) => olds.has(name));
  if (kept.some((name, i) => name !== order[i])) return null;
  const pairs: KeywordPair[] = [];
  for (const [name, { key, value }] of olds) {
    pairs.push({ key, value, next: news.get(name)?.value ?? null });
  }
  for (const [name, { key, value }] of news) {
    if (!olds.has(name)) pairs.push({ key, value: null, next: value });
  }
  return pairs;
}

function keywords(items: readonly Term[]): Map<string, { key: Term; value: Term }> | null {
  const found = new Map<string, { key: Term; value: Term }>();
  for (const item of items) {
    if (item.kind !== "tuple" || item.items.length !== 2) return null;
    const [key, value] = item.items;
    if (key?.kind !== "atom" || value === undefined || isCutAtom(key)) return null;
    if (found.has(key.name)) return null;
    found.set(key.name, { key, value });
  }
  return found;
}

/** Items `from..to` of the old list stand where `newFrom..newTo` of the new one stand. */
type Run = {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
};

function align(before: readonly Term[], after: readonly Term[]): readonly Run[] | null {
  const old = before.map(termKey);
  const next = after.map(termKey);
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = old.length;
  let newEnd = next.length;
  while (end > start && newEnd > start && old[end - 1] === next[newEnd - 1]) {
    end--;
    newEnd--;
  }
  const whole: Run = { from: start, to: end, newFrom: start, newTo: newEnd };
  if (start === end || start === newEnd) return [whole];
  const cells = (end - start) * (newEnd - start);
  if (cells > MAX_ALIGNMENT_CELLS) return end === newEnd ? [whole] : null;
  return runsBetween(whole, commonPairs(old.slice(start, end), next.slice(start, newEnd)));
}

/** Index pairs of a longest common subsequence, in order. */
function commonPairs(
  old: readonly string[],
  next: readonly string[],
): (readonly [number, number])[] {
  const width = next.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < old.length && j < next.length;) {
    if (old[i] === next[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

function runsBetween(whole: Run, pairs: readonly (readonly [number, number])[]): readonly Run[] {
  const runs: Run[] = [];
  let from = whole.from;
  let newFrom = whole.newFrom;
  for (const [i, j] of pairs) {
    const to = whole.from + i;
    const newTo = whole.newFrom + j;
    if (from < to || newFrom < newTo) runs.push({ from, to, newFrom, newTo });
    from = to + 1;
    newFrom = newTo + 1;
  }
  if (from < whole.to || newFrom < whole.newTo) {
    runs.push({ from, to: whole.to, newFrom, newTo: whole.newTo });
  }
  return runs;
}
