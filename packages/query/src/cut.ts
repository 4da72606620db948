// What the probe left out of a payload, read from the markers it put in place (see probe-wire.ts).
// A marker says "there was more here": views show it, and a diff must not take it for a change.

import { pushAll } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";

/** A whole value or tail that was cut: `{cut, What, …}`. */
export function isCutTuple(term: Term): boolean {
  const first = term.kind === "tuple" ? term.items[0] : undefined;
  return first !== undefined && isCutAtom(first);
}

/** The key of the entry that stands for a map's missing entries. */
export function isCutAtom(term: Term): boolean {
  return term.kind === "atom" && term.name === CUT_ATOM;
}

/** How many entries a map had, when some of them were cut; null for a whole map. */
export function cutMapSize(entries: readonly (readonly [Term, Term])[]): number | null {
  const marker = entries.find(([key]) => isCutAtom(key))?.[1];
  if (marker === undefined) return null;
  const size = marker.kind === "tuple" ? marker.items[1] : undefined;
  return size?.kind === "integer" ? Number(size.value) : entries.length;
}

/** The marker's name is in the bytes of a term that was cut; nothing needs decoding to see that. */
export function isCut(payload: Uint8Array | null): boolean {
  return payload !== null && hasMarker(payload);
}

export function hasMarker({ buffer, byteOffset, length }: Uint8Array): boolean {
  return Buffer.from(buffer, byteOffset, length).includes(CUT_ATOM);
}

/** The same of a decoded term; without recursion. */
export function hasCut(term: Term): boolean {
  const pending: Term[] = [term];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (isCutAtom(at)) return true;
    if (at.kind === "list" || at.kind === "tuple") pushAll(pending, at.items);
    if (at.kind === "list" && at.tail !== null) pending.push(at.tail);
    if (at.kind === "map") for (const [key, value] of at.entries) pending.push(key, value);
  }
  return false;
}
