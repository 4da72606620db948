// A term as a tree for the page, cut to a budget of nodes level by level: what is near the root is
// there before what is deep, and every node says how many children were left out.
//
// A child's `key` is what stands before it in Elixir source: `name:`, `"apple" =>`, or null by position.

import { assertNever } from "@elixirscope/base";
import type { Term } from "@elixirscope/etf";
import type { TermNode, TermView } from "@elixirscope/wire";
import { isCutTuple } from "./cut.ts";
import { structName } from "./diff.ts";
import type { TermStyle } from "./print.ts";
import { childCount, childrenOf, type Child } from "./term-children.ts";
import { termText } from "./term-text.ts";

const MAX_NODES = 2_000;
const MAX_CHILDREN = 200;
const TEXT = { limit: 12, printableLimit: 120 } as const;
const MAX_TEXT = 200;

type Node = {
  readonly kind: TermView["kind"];
  readonly text: string;
  children?: { readonly key: string | null; readonly value: Node }[];
  more?: number;
};

export function termView(term: Term, style: TermStyle = {}): TermView {
  const root = node(term, style);
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
        const inner = node(child.value, style);
        next.push([inner, child.value]);
        return { key: keyText(child.key, style), value: inner };
      });
      const more = all.children.length - shown.length + all.cut;
      if (more > 0) parent.more = more;
    }
    level = next;
  }
  return root;
}

/** One term without what is inside of it. */
export function termNode(term: Term, style: TermStyle): TermNode {
  const { kind, text } = node(term, style);
  const bytes = term.kind === "binary" ? { bytes: term.bytes.length } : {};
  return { kind, text, size: childCount(term), ...bytes };
}

function node(term: Term, style: TermStyle): Node {
  const text = termText(term, { ...TEXT, ...style });
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

/** Only so much of a binary is looked at: what is shown of it is less. */
const LOOKED_BYTES = 4_096;

function isText(bytes: Uint8Array): boolean {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  try {
    // control characters other than white space make it bytes for Elixir, too
    // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
    return !/[\u0000-\u0006\u000e-\u001a\u001c-\u001f\u007f]/.test(
      // a character may go on beyond what is looked at
      utf8.decode(bytes.subarray(0, LOOKED_BYTES), { stream: bytes.length > LOOKED_BYTES }),
    );
  } catch {
    return false;
  }
}

/** An atom key as `name:` (or `"odd name":`), any other as `key =>`. */
export function keyText(key: Child["key"], style: TermStyle): string | null {
  if (key === null || key === "|") return key;
  const text = termText(key, { ...TEXT, ...style });
  if (key.kind !== "atom") return `${text} =>`;
  if (text.startsWith(":")) return `${text.slice(1)}:`;
  // nil, true and false; aliases such as `Shop.Cart` are no field names
  return /^[a-z]/.test(text) ? `${text}:` : `${text} =>`;
}
