// Finds text everywhere in a term: in keys, atoms, numbers, names of structs and what strings say. The walk
// has no recursion and an end: of a term with more parts than it looks at it says so.

import { assertNever } from "@elixirscope/base";
import { inspect, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import type { Params, TermHit, TermHits } from "@elixirscope/wire";
import { isCutTuple } from "../cut.ts";
import { structName } from "../diff.ts";
import { styleOf, type TermStyle } from "../print.ts";
import type { Source } from "../sql.ts";
import type { Child } from "../term-children.ts";
import { keyText, termNode } from "../term-view.ts";
import { termOf } from "./term-of.ts";
import { partAt, partsOf, pathText } from "./term-parts.ts";

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
  const words = new Words(wanted, style);
  const pending: Pending[] = [{ term: whole, key: null, place: null }];
  let looked = 0;
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    looked += 1;
    if (looked > MOST_PARTS) return { all, incomplete: true };
    const { term, key, place } = at;
    if (key !== null && key !== "|" && words.inKey(key)) all.push({ place, in: "key" });
    else if (words.in(term)) all.push({ place, in: "value" });
    const { children } = partsOf(term);
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index];
      if (child === undefined) continue;
      pending.push({ term: child.value, key: child.key, place: { index, up: place } });
    }
  }
  return { all, incomplete: false };
}

const utf8 = new TextDecoder();

/** What terms say by themselves, not by what is inside of them; few atoms make up most terms. */
class Words {
  readonly #wanted: string;
  readonly #style: TermStyle;
  readonly #atoms = new Map<string, boolean>();

  constructor(wanted: string, style: TermStyle) {
    this.#wanted = wanted;
    this.#style = style;
  }

  inKey(key: Term): boolean {
    if (key.kind === "atom") return this.#inAtom(key.name) || this.#in(`${key.name}:`);
    if (key.kind === "binary") return this.#in(`"${utf8.decode(key.bytes)}" =>`);
    return this.#in(keyText(key, this.#style) ?? "");
  }

  in(term: Term): boolean {
    switch (term.kind) {
      case "atom":
        return this.#inAtom(term.name);
      case "integer":
        return this.#in(String(term.value));
      case "binary":
        return this.#in(utf8.decode(term.bytes));
      case "map":
        return this.#in(structName(term.entries) ?? "");
      case "tuple":
        return isCutTuple(term) && this.#inPrinted(term);
      case "list":
        // lists of characters are opened to numbers, and searched as text
        return isCharacters(term.items) && this.#inPrinted(term);
      case "float":
      case "bitstring":
      case "pid":
      case "reference":
      case "port":
      case "fun":
      case "export":
        return this.#inPrinted(term);
      default:
        return assertNever(term);
    }
  }

  #inAtom(name: string): boolean {
    const known = this.#atoms.get(name);
    if (known !== undefined) return known;
    const found = this.#in(`:${name}`) || this.#inPrinted({ kind: "atom", name });
    this.#atoms.set(name, found);
    return found;
  }

  #inPrinted(term: Term): boolean {
    return this.#in(inspect(term, { ...this.#style, limit: 10_000, cutMarker: CUT_ATOM }));
  }

  #in(text: string): boolean {
    return text.toLowerCase().includes(this.#wanted);
  }
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
