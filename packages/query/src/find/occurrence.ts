// Is a value a part of another? With the way to the first place where it is, and honest about what was cut.

import { encode, type Term } from "@elixirscope/etf";
import { areEqual } from "../condition/compare-values.ts";
import { hasCut } from "../cut.ts";

type Way = { readonly above: Way | null; readonly step: string };

export type Occurrence =
  /** the way from the outside in, `.items[0]`; empty: the whole value */
  | { readonly kind: "found"; readonly way: string }
  | { readonly kind: "absent" }
  /** part of the value was cut: it may have been there */
  | { readonly kind: "unknown" };

const ABSENT: Occurrence = { kind: "absent" };
const UNKNOWN: Occurrence = { kind: "unknown" };

/** Breadth first, so that the shortest way is the one that is told; without recursion. */
export function occurrence(wanted: Term, value: Term): Occurrence {
  const found: { readonly term: Term; readonly way: Way | null }[] = [{ term: value, way: null }];
  for (const { term, way } of found) {
    if (term.kind === wanted.kind && isSame(term, wanted)) {
      return { kind: "found", way: wayText(way) };
    }
    if (term.kind === "list" || term.kind === "tuple") {
      const [open, close] = term.kind === "list" ? "[]" : "{}";
      for (const [i, item] of term.items.entries()) {
        found.push({ term: item, way: { above: way, step: `${open}${i}${close}` } });
      }
    }
    if (term.kind === "list" && term.tail !== null) found.push({ term: term.tail, way });
    if (term.kind === "map") {
      for (const [key, inner] of term.entries) {
        const step = key.kind === "atom" ? `.${key.name}` : "[…]";
        found.push({ term: key, way }, { term: inner, way: { above: way, step } });
      }
    }
  }
  return hasCut(value) ? UNKNOWN : ABSENT;
}

function isSame(one: Term, other: Term): boolean {
  return areEqual(one, other, { exact: true, signedZero: true }) === true;
}

function wayText(way: Way | null): string {
  const steps: string[] = [];
  for (let at = way; at !== null; at = at.above) steps.push(at.step);
  return steps.toReversed().join("");
}

/**
 * Bytes that every encoding of `wanted` has in it: most payloads can be left out without decoding them.
 * Null: it has nothing that is always written the same.
 */
export function needleOf(wanted: Term): Uint8Array | null {
  let best: Uint8Array | null = null;
  const pending: Term[] = [wanted];
  for (let term = pending.pop(); term !== undefined; term = pending.pop()) {
    const bytes = leafBytes(term);
    if (bytes !== null && bytes.length > (best?.length ?? 0)) best = bytes;
    if (term.kind === "list" || term.kind === "tuple")
      for (const item of term.items) pending.push(item);
    if (term.kind === "map") for (const [key, value] of term.entries) pending.push(key, value);
  }
  return best;
}

/** Content only: heads of texts and small integers come in several forms. */
function leafBytes(term: Term): Uint8Array | null {
  if (term.kind === "binary") return term.bytes;
  // other letters than ASCII are written in one of two ways
  if (term.kind === "atom") return /^[\x20-\x7E]+$/.test(term.name) ? Buffer.from(term.name) : null;
  const isWide =
    term.kind === "float" || (term.kind === "integer" && (term.value < 0 || term.value > 255));
  return isWide ? encode(term).subarray(2) : null;
}
