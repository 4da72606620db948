// What opens below a term on the page: fields, entries, elements, items, and how many the probe left out.

import { compare, type MapTerm, type Term } from "@elixirscope/etf";
import { cutMapSize, isCutAtom, isCutTuple } from "./cut.ts";
import { structName } from "./diff.ts";

/** `key` is null by position, and `|` for the tail of an improper list. */
export type Child = { readonly key: Term | "|" | null; readonly value: Term };

export type Children = { readonly children: readonly Child[]; readonly cut: number };

/** Null for a leaf; `cut` is how many children the probe left out. */
export function childrenOf(term: Term): Children | null {
  if (term.kind === "map") return mapChildren(term);
  if (term.kind === "tuple") {
    return isCutTuple(term) ? null : { children: term.items.map(positional), cut: 0 };
  }
  if (term.kind !== "list" || term.items.length === 0) return null;
  return listChildren(term.items, term.tail);
}

function listChildren(items: readonly Term[], tail: Term | null): Children {
  const children = isKeyword(items) ? items.map(keywordChild) : items.map(positional);
  if (tail === null) return { children, cut: 0 };
  if (isCutTuple(tail)) return { children, cut: cutListLength(tail) };
  return { children: [...children, { key: "|", value: tail }], cut: 0 };
}

function mapChildren(map: MapTerm): Children {
  const isStruct = structName(map.entries) !== null;
  const kept = map.entries
    .filter(([key]) => !isCutAtom(key) && !(isStruct && isAtom(key, "__struct__")))
    .toSorted(([a], [b]) => compare(a, b));
  const size = cutMapSize(map.entries);
  const cut = size === null ? 0 : Math.max(1, size - (map.entries.length - 1));
  return { children: kept.map(([key, value]) => ({ key, value })), cut };
}

function isAtom(term: Term, name: string): boolean {
  return term.kind === "atom" && term.name === name;
}

function isKeyword(items: readonly Term[]): boolean {
  return items.every((item) => {
    if (item.kind !== "tuple" || item.items.length !== 2) return false;
    return item.items[0]?.kind === "atom" && !isCutAtom(item.items[0]);
  });
}

function keywordChild(item: Term): Child {
  const [key, value] = item.kind === "tuple" ? item.items : [];
  return key === undefined || value === undefined ? { key: null, value: item } : { key, value };
}

function positional(value: Term): Child {
  return { key: null, value };
}

function cutListLength(tail: Term): number {
  const rest = tail.kind === "tuple" ? tail.items[2] : undefined;
  const length = rest?.kind === "integer" ? Number(rest.value) : 0;
  return Math.max(1, length);
}

/** How many children `childrenOf` gives, without making them. */
export function childCount(term: Term): number {
  if (term.kind === "tuple") return isCutTuple(term) ? 0 : term.items.length;
  if (term.kind === "list") {
    return term.items.length + (term.tail === null || isCutTuple(term.tail) ? 0 : 1);
  }
  if (term.kind !== "map") return 0;
  const struct = structName(term.entries) === null ? 0 : 1;
  return term.entries.length - struct - (cutMapSize(term.entries) === null ? 0 : 1);
}
