// One way to look into a term, whether decoded or still bytes; the printer is written against this.

import { LazyTerm } from "./lazy.ts";
import type { Term } from "./term.ts";

export type Source = Term | LazyTerm;

/** The term itself; for containers use the functions below, which decode only what is looked at. */
export function leaf(source: Source): Term {
  return source instanceof LazyTerm ? source.toTerm() : source;
}

/** Items of a list or tuple, entries of a map. */
export function sizeOf(source: Source): number {
  if (source instanceof LazyTerm) return source.size;
  if (source.kind === "list" || source.kind === "tuple") return source.items.length;
  return source.kind === "map" ? source.entries.length : 0;
}

export function itemsOf(source: Source): Iterable<Source> {
  if (source instanceof LazyTerm) return source.items();
  return source.kind === "list" || source.kind === "tuple" ? source.items : [];
}

export function itemOf(source: Source, index: number): Source | undefined {
  if (source instanceof LazyTerm) return source.at(index);
  return source.kind === "list" || source.kind === "tuple" ? source.items[index] : undefined;
}

export function tailOf(source: Source): Source | null {
  return source.kind === "list" ? source.tail : null;
}

export function entriesOf(source: Source): Iterable<readonly [Source, Source]> {
  if (source instanceof LazyTerm) return source.entries();
  return source.kind === "map" ? source.entries : [];
}

/** The name of an atom; undefined for anything else. */
export function atomName(source: Source | undefined): string | undefined {
  if (source?.kind !== "atom") return undefined;
  const term = leaf(source);
  return term.kind === "atom" ? term.name : undefined;
}

/** The value of an integer small enough to be a number; undefined for anything else. */
export function smallInteger(source: Source | undefined): number | undefined {
  if (source?.kind !== "integer") return undefined;
  const term = leaf(source);
  return term.kind === "integer" && typeof term.value === "number" ? term.value : undefined;
}

export function bytesOf(source: Source | undefined): Uint8Array | undefined {
  if (source?.kind !== "binary") return undefined;
  const term = leaf(source);
  return term.kind === "binary" ? term.bytes : undefined;
}
