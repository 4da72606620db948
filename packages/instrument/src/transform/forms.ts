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

export function variable(anno: Term, name: string): Term {
  return node("var", anno, atom(name));
}

export function atomNode(anno: Term, name: string): Term {
  return node("atom", anno, atom(name));
}

export function integerNode(anno: Term, value: number): Term {
  return node("integer", anno, integer(value));
}

export function listNode(anno: Term, items: readonly Term[]): Term {
  return items.reduceRight<Term>((tail, item) => node("cons", anno, item, tail), node("nil", anno));
}

export function tupleNode(anno: Term, items: readonly Term[]): Term {
  return node("tuple", anno, list(items));
}

export function matchNode(anno: Term, pattern: Term, value: Term): Term {
  return node("match", anno, pattern, value);
}

export function blockNode(anno: Term, statements: readonly Term[]): Term {
  const [only] = statements;
  return statements.length === 1 && only !== undefined
    ? only
    : node("block", anno, list(statements));
}

export function remoteCall(anno: Term, module: string, name: string, args: readonly Term[]): Term {
  const callee = node("remote", anno, atomNode(anno, module), atomNode(anno, name));
  return node("call", anno, callee, list(args));
}

export function clauseNode(
  anno: Term,
  patterns: readonly Term[],
  guards: Term,
  body: readonly Term[],
): Term {
  return node("clause", anno, list(patterns), guards, list(body));
}

export const NO_GUARD: Term = list([]);
