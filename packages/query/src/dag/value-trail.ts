// Where a value was before: of each value that an event has, the latest earlier event of the same process that
// had the very same value, whole or as a part. What matches as a whole is not looked into.
//
// Equal is not the same: two values can be equal by chance. Values that are equal everywhere (small numbers,
// atoms, what is empty) lead nowhere; everything found this way is inferred.

import { equal, termKey, type Term } from "@elixirscope/etf";
import { hasCut, isCutAtom, isCutTuple } from "../cut.ts";
import { textHash } from "./text-hash.ts";

/** Parts of one value that are looked at, and how deep. */
const MAX_PARTS = 64;
const MAX_DEPTH = 4;
const COMMON_INTEGER = 1_000;

export type Part = { readonly term: Term; readonly path: string };

export class ValueTrail {
  readonly #held = new Map<string, { readonly event: number; readonly term: Term }[]>();

  /** The events that had parts of `terms`, each with the way to the part in the new value. */
  sources(terms: readonly Part[]): ReadonlyMap<number, string> {
    const found = new Map<number, string>();
    for (const { part, inner } of walk(terms)) {
      const holder = this.#holder(part.term);
      if (holder === null) continue;
      inner.skip();
      if (!found.has(holder)) found.set(holder, part.path);
    }
    return found;
  }

  hold(event: number, terms: readonly Part[]): void {
    for (const { part } of walk(terms)) {
      if (isCommon(part.term)) continue;
      const key = keyOf(part.term);
      const others = (this.#held.get(key) ?? []).filter(({ term }) => !equal(term, part.term));
      this.#held.set(key, [...others, { event, term: part.term }]);
    }
  }

  #holder(term: Term): number | null {
    if (isCommon(term)) return null;
    const held = this.#held.get(keyOf(term));
    return held?.find((one) => equal(one.term, term))?.event ?? null;
  }
}

/** Keys can be as long as values: their hashes are held, and what has the same hash is compared. */
function keyOf(term: Term): string {
  return textHash(termKey(term));
}

type Step = { readonly part: Part; readonly inner: { skip(): void } };

/** Outer parts before what is inside of them; breadth first, so that a bound cuts the deepest. */
function* walk(terms: readonly Part[]): Generator<Step> {
  let level = [...terms];
  let left = MAX_PARTS;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: Part[] = [];
    for (const part of level) {
      left -= 1;
      if (left < 0) return;
      let isSkipped = false;
      yield { part, inner: { skip: () => (isSkipped = true) } };
      if (!isSkipped && next.length < MAX_PARTS) next.push(...partsOf(part));
    }
    level = next;
  }
}

function partsOf({ term, path }: Part): Part[] {
  if (isCutTuple(term)) return [];
  if (term.kind === "tuple" || term.kind === "list") {
    const [open, close] = term.kind === "tuple" ? "{}" : "[]";
    return term.items
      .slice(0, MAX_PARTS)
      .map((item, i) => ({ term: item, path: `${path}${open}${i}${close}` }));
  }
  if (term.kind !== "map") return [];
  return term.entries.slice(0, MAX_PARTS).flatMap(([key, value]) => {
    if (isCutAtom(key)) return [];
    const name = key.kind === "atom" ? `.${key.name}` : "[…]";
    return [{ term: value, path: `${path}${name}` }];
  });
}

function isCommon(term: Term): boolean {
  if (term.kind === "integer") return term.value < COMMON_INTEGER && term.value > -COMMON_INTEGER;
  if (term.kind === "binary") return term.bytes.length < 2;
  if (term.kind === "list" && term.tail !== null) return hasCut(term);
  if (term.kind === "list" || term.kind === "tuple")
    return term.items.every(isPlain) || hasCut(term);
  if (term.kind === "map") return term.entries.every(([, value]) => isPlain(value)) || hasCut(term);
  return isPlain(term);
}

/** A value of which a part was cut is not known to be equal to anything. Of a container: a tuple of atoms says as little as its atoms. One level: deeper ones are seldom equal by chance. */
function isPlain(term: Term): boolean {
  return term.kind === "atom" || term.kind === "pid";
}
