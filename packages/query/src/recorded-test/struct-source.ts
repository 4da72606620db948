// Structs by their names. A struct is written with `%Name{…}` only where that makes the same map again:
// its definition adds the fields that are left out, so all of them have to be there.

import type { Term } from "@elixirscope/etf";
import { atomSource, isAlias } from "./name-source.ts";

type Entries = readonly (readonly [Term, Term])[];

export type StructSource =
  | { readonly kind: "struct"; readonly name: string; readonly fields: Entries }
  /** `MapSet.new([…])` */
  | { readonly kind: "call"; readonly function: string; readonly items: readonly Term[] };

/** Null: it is written as a map. `structFields` knows definitions of analysed code. */
export function structOf(
  entries: Entries,
  structFields: ((module: string) => readonly string[] | undefined) | undefined,
): StructSource | null {
  const struct = entries.find(([key]) => isAtom(key, "__struct__"))?.[1];
  if (struct?.kind !== "atom" || !isAlias(struct.name)) return null;
  const fields = entries.filter(([key]) => !isAtom(key, "__struct__"));
  const names = fields.flatMap(([key]) => (key.kind === "atom" ? [key.name] : []));
  if (names.length < fields.length) return null;
  const name = atomSource(struct.name);
  if (name === "MapSet") {
    const items = mapSetItems(fields);
    return items === null ? null : { kind: "call", function: "MapSet.new", items };
  }
  const defined = structFields?.(name);
  if (defined !== undefined && !isSameSet(defined, names)) return null;
  return { kind: "struct", name, fields };
}

function isAtom(term: Term, name: string): boolean {
  return term.kind === "atom" && term.name === name;
}

/** The keys of its map, as long as it is made the way that MapSet makes it. */
function mapSetItems(fields: Entries): readonly Term[] | null {
  const map = fields.find(([key]) => isAtom(key, "map"))?.[1];
  if (map?.kind !== "map") return null;
  const isMade = map.entries.every(
    ([, value]) => value.kind === "list" && value.items.length === 0,
  );
  return isMade ? map.entries.map(([key]) => key) : null;
}

function isSameSet(defined: readonly string[], names: readonly string[]): boolean {
  const own = new Set(names);
  const all = new Set(defined.filter((name) => name !== "__struct__"));
  return own.size === all.size && [...own].every((name) => all.has(name));
}
