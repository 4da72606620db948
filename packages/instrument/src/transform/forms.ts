// Erlang abstract forms as terms: reading parts of them and making new ones. A node is a tuple
// `{Kind, Anno, Part…}`; see "The Abstract Format" in the ERTS user's guide.

import { assert } from "@elixirscope/base";
import { atom, integer, list, tuple, type Term, type TupleTerm } from "@elixirscope/etf";

const EMPTY: readonly Term[] = [];

/** `call`, `var`, …; empty for what is no node. */
export function kindOf(term: Term | undefined): string {
  if (term?.kind !== "tuple") return "";
  const [tag] = term.items;
  return tag?.kind === "atom" ? tag.name : "";
}

/** The part at a position of the tuple: 0 is the kind, 1 the annotation. */
export function part(term: Term, index: number): Term {
  const found = term.kind === "tuple" ? term.items[index] : undefined;
  assert(found !== undefined, `no part ${String(index)} in a form of kind ${kindOf(term)}`);
  return found;
}

export function partCount(term: Term): number {
  return term.kind === "tuple" ? term.items.length : 0;
}

export function annoOf(term: Term): Term {
  return part(term, 1);
}

export function itemsOf(term: Term): readonly Term[] {
  return term.kind === "list" ? term.items : EMPTY;
}

/** Name of an atom term; null for other terms. */
export function atomName(term: Term | undefined): string | null {
  return term?.kind === "atom" ? term.name : null;
}

/** Name of an `{atom, _, Name}` node; null for other nodes. */
export function literalAtom(term: Term): string | null {
  return kindOf(term) === "atom" ? atomName(part(term, 2)) : null;
}

/** Name of a `{var, _, Name}` node; null for other nodes. */
export function variableName(term: Term | undefined): string | null {
  return term !== undefined && kindOf(term) === "var" ? atomName(part(term, 2)) : null;
}

export function isLiteral(term: Term): boolean {
  return ["atom", "integer", "float", "char", "string", "nil"].includes(kindOf(term));
}

/** The same node with some parts replaced. */
export function replaced(term: Term, parts: Readonly<Record<number, Term>>): Term {
  assert(term.kind === "tuple", "only a node has parts");
  return tuple(...term.items.map((item, index) => parts[index] ?? item));
}

export function node(kind: string, anno: Term, ...parts: readonly Term[]): TupleTerm {
  return tuple(atom(kind), anno, ...parts);
}

/** Annotation of what is added: it stands on no line, so it is never in a stack trace. */
export const NOWHERE: Term = integer(0);

export function variable(name: string): Term {
  return node("var", NOWHERE, atom(name));
}

export function atomNode(name: string): Term {
  return node("atom", NOWHERE, atom(name));
}

export function integerNode(value: number): Term {
  return node("integer", NOWHERE, integer(value));
}

export function siteNode(site: Term): Term {
  return node("integer", NOWHERE, site);
}

export function consNode(head: Term, tail: Term): Term {
  return node("cons", NOWHERE, head, tail);
}

export function listNode(items: readonly Term[]): Term {
  const end: Term = node("nil", NOWHERE);
  return items.reduceRight<Term>((tail, item) => consNode(item, tail), end);
}

export function tupleNode(items: readonly Term[]): Term {
  return node("tuple", NOWHERE, list(items));
}

export function matchNode(pattern: Term, value: Term): Term {
  return node("match", NOWHERE, pattern, value);
}

export function blockNode(statements: readonly Term[]): Term {
  const [only] = statements;
  if (statements.length === 1 && only !== undefined) return only;
  return node("block", NOWHERE, list(statements));
}

export function clauseNode(patterns: readonly Term[], guards: Term, body: readonly Term[]): Term {
  return node("clause", NOWHERE, list(patterns), guards, list(body));
}

export function remoteCall(anno: Term, module: string, name: string, args: readonly Term[]): Term {
  const callee = node(
    "remote",
    anno,
    node("atom", anno, atom(module)),
    node("atom", anno, atom(name)),
  );
  return node("call", anno, callee, list(args));
}

export const NO_GUARD: Term = list([]);
