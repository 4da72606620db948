// A term as a tree for the page, cut to a budget of nodes level by level: what is near the root is
// there before what is deep, and every node says how many children were left out.
//
// A child's `key` is what stands before it in Elixir source: `name:`, `"apple" =>`, or null by position.

import { assertNever } from "@elixirscope/base";
import { compare, inspect, type MapTerm, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";
import type { TermView } from "@elixirscope/wire";
import { cutMapSize, isCutAtom, isCutTuple } from "./cut.ts";
import { structName } from "./diff.ts";

const MAX_NODES = 2_000;
const MAX_CHILDREN = 200;
const TEXT = { limit: 12, printableLimit: 120, cutMarker: CUT_ATOM } as const;
const MAX_TEXT = 200;

type Child = { readonly key: string | null; readonly value: Term };
type Node = {
  readonly kind: TermView["kind"];
  readonly text: string;
  children?: { readonly key: string | null; readonly value: Node }[];
  more?: number;
};

export function termView(term: Term): TermView {
  const root = node(term);
  let budget = MAX_NODES;
  let level: (readonly [Node, Term])[] = [[root, term]];
  while (level.length > 0) {
    const next: (readonly [Node, Term])[] = [];
    for (const [parent, value] of level) {
      const all = childrenOf(value);
      if (all === null) continue;
      const shown = all.children.slice(0, Math.min(MAX_CHILDREN, budget));
      budget -= shown.length;
      parent.children = shown.map((child) => {
        const inner = node(child.value);
        next.push([inner, child.value]);
        return { key: child.key, value: inner };
      });
      const more = all.children.length - shown.length + all.cut;
      if (more > 0) parent.more = more;
    }
    level = next;
  }
  return root;
}

function node(term: Term): Node {
  const text = inspect(term, TEXT);
  return {
    kind: kindOf(term),
    text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 3)}...` : text,
  };
}

function kindOf(term: Term): TermView["kind"] {
  switch (term.kind) {
    case "integer":
    case "float":
      return "number";
    case "atom":
    case "list":
    case "pid":
      return term.kind;
    case "tuple":
      return isCutTuple(term) ? "cut" : "tuple";
    case "map":
      return structName(term.entries) === null ? "map" : "struct";
    case "binary":
      return isText(term.bytes) ? "string" : "binary";
    case "bitstring":
      return "binary";
    case "reference":
      return "ref";
    case "export":
    case "fun":
      return "fun";
    case "port":
      return "other";
    default:
      return assertNever(term);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function isText(bytes: Uint8Array): boolean {
  try {
    // control characters other than white space make it bytes for Elixir, too
    // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
    return !/[\u0000-\u0006\u000e-\u001a\u001c-\u001f\u007f]/.test(utf8.decode(bytes));
  } catch {
    return false;
  }
}

/** Null for a leaf; `cut` is how many children the probe left out. */
function childrenOf(
  term: Term,
): { readonly children: readonly Child[]; readonly cut: number } | null {
  if (term.kind === "map") return mapChildren(term);
  if (term.kind === "tuple") {
    return isCutTuple(term) ? null : { children: term.items.map(positional), cut: 0 };
  }
  if (term.kind !== "list" || term.items.length === 0) return null;
  return listChildren(term.items, term.tail);
}

function listChildren(
  items: readonly Term[],
  tail: Term | null,
): { readonly children: readonly Child[]; readonly cut: number } {
  const children = isKeyword(items) ? items.map(keywordChild) : items.map(positional);
  if (tail === null) return { children, cut: 0 };
  if (isCutTuple(tail)) return { children, cut: cutListLength(tail) };
  return { children: [...children, { key: "|", value: tail }], cut: 0 };
}

function mapChildren(map: MapTerm): { readonly children: readonly Child[]; readonly cut: number } {
  const isStruct = structName(map.entries) !== null;
  const kept = map.entries
    .filter(([key]) => !isCutAtom(key) && !(isStruct && isAtom(key, "__struct__")))
    .toSorted(([a], [b]) => compare(a, b));
  const size = cutMapSize(map.entries);
  const cut = size === null ? 0 : Math.max(1, size - (map.entries.length - 1));
  return { children: kept.map(([key, value]) => ({ key: keyText(key), value })), cut };
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
  return key === undefined || value === undefined
    ? { key: null, value: item }
    : { key: keyText(key), value };
}

function positional(value: Term): Child {
  return { key: null, value };
}

/** An atom key as `name:` (or `"odd name":`), any other as `key =>`. */
function keyText(key: Term): string {
  const text = inspect(key, TEXT);
  if (key.kind !== "atom") return `${text} =>`;
  if (text.startsWith(":")) return `${text.slice(1)}:`;
  // nil, true and false; aliases such as `Shop.Cart` are no field names
  return /^[a-z]/.test(text) ? `${text}:` : `${text} =>`;
}

function cutListLength(tail: Term): number {
  const rest = tail.kind === "tuple" ? tail.items[2] : undefined;
  const length = rest?.kind === "integer" ? Number(rest.value) : 0;
  return Math.max(1, length);
}
