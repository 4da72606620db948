// Keyword lists as what they mean: values by key.

import type { Term } from "@elixirscope/etf";
import { isCutAtom } from "./cut.ts";

export type KeywordPair = {
  readonly key: Term;
  readonly value: Term | null;
  readonly next: Term | null;
};

/** Both lists by key, if both are keyword lists without duplicates whose common keys keep their order. */
export function keywordPairs(
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
