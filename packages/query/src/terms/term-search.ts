// Finds text everywhere in a term: in keys, atoms, numbers, names of structs and what strings say. The walk
// has no recursion and an end: of a term with more parts than it looks at it says so.

import { inspect, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import type { Params, TermHit, TermHits } from "@elixirscope/wire";
import { isCutTuple } from "../cut.ts";
import { structName } from "../diff.ts";
import { styleOf, type TermStyle } from "../print.ts";
import type { Source } from "../sql.ts";
import { childrenOf, type Child } from "../term-children.ts";
import { keyText, termNode } from "../term-view.ts";
import { termOf } from "./term-of.ts";
import { partAt, pathText } from "./term-parts.ts";

const MOST_PARTS = 1_000_000;
const NOTHING: TermHits = { total: 0, offset: 0, hits: [], incomplete: false };

/** The way back up: positions are put together only where something was found. */
type Place = { readonly index: number; readonly up: Place } | null;
type Found = { readonly place: Place; readonly in: TermHit["in"] };

export async function termSearch(
  source: Source,
  { of, text, offset, limit }: Params<"termSearch">,
): Promise<TermHits> {
  const wanted = text.trim().toLowerCase();
  const found = await termOf(source, of);
  if (wanted === "" || found.term === null) return NOTHING;
  const whole = found.term;
  const style = styleOf(source.manifest);
  const { all, incomplete } = search(whole, wanted, style);
  const hits = all.slice(offset, offset + limit).map((one): TermHit => {
    const at = positions(one.place);
    const part = partAt(whole, at);
    return {
      at,
      path: pathText(part?.steps ?? [], style),
      text: part === undefined ? "" : termNode(part.term, style).text,
      in: one.in,
    };
  });
  return { total: all.length, offset, hits, incomplete };
}

type Pending = { readonly term: Term; readonly key: Child["key"]; readonly place: Place };

/** Depth first, in the order in which the parts are shown. */
function search(
  whole: Term,
  wanted: string,
  style: TermStyle,
): { readonly all: readonly Found[]; readonly incomplete: boolean } {
  const all: Found[] = [];
  const pending: Pending[] = [{ term: whole, key: null, place: null }];
  let looked = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    looked += 1;
    if (looked > MOST_PARTS) return { all, incomplete: true };
    const { term, key, place } = at;
    if (key !== null && (keyText(key, style) ?? "").toLowerCase().includes(wanted)) {
      all.push({ place, in: "key" });
    } else if (says(term, wanted, style)) all.push({ place, in: "value" });
    const children = childrenOf(term)?.children ?? [];
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index];
      if (child === undefined) continue;
      pending.push({ term: child.value, key: child.key, place: { index, up: place } });
    }
  }
  return { all, incomplete: false };
}

const utf8 = new TextDecoder();

/** What a term says by itself, not by what is inside of it. */
function says(term: Term, wanted: string, style: TermStyle): boolean {
  if (term.kind === "binary") return utf8.decode(term.bytes).toLowerCase().includes(wanted);
  if (term.kind === "map") {
    return structName(term.entries)?.toLowerCase().includes(wanted) ?? false;
  }
  if (term.kind === "tuple" && !isCutTuple(term)) return false;
  // lists of characters are opened to numbers, and searched as text
  if (term.kind === "list" && !isCharacters(term.items)) return false;
  return inspect(term, { ...style, limit: 10_000, cutMarker: CUT_ATOM })
    .toLowerCase()
    .includes(wanted);
}

function isCharacters(items: readonly Term[]): boolean {
  return (
    items.length > 0 &&
    items.every((item) => item.kind === "integer" && item.value >= 32 && item.value <= 126)
  );
}

function positions(place: Place): readonly number[] {
  const at: number[] = [];
  for (let one = place; one !== null; one = one.up) at.push(one.index);
  return at.toReversed();
}
