// A string per value, for a Map or a Set: the encoding with what does not count made uniform.

import { sortEntries } from "./compare.ts";
import { freeVariables } from "./decode.ts";
import { encode } from "./encode.ts";
import { NEW_FUN_EXT } from "./tags.ts";
import { atom, integer, list, tuple, type FunTerm, type Term } from "./term.ts";

const NIL: Term = { kind: "list", items: [], tail: null };

/** One string per value: two terms have the same key exactly when they are `=:=`. */
export function termKey(term: Term): string {
  const bytes = encode(hasParts(term) ? canonical(term) : term);
  let key = "";
  // in pieces: a spread argument list has a limit
  for (let i = 1; i < bytes.length; i += 4096) {
    key += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return key;
}

/** The same term with every map in key order and funs without their creator; a list of parents for a stack. */
function canonical(term: Term): Term {
  const parents: { readonly term: Term; readonly parts: readonly Term[] }[] = [];
  const found: Term[] = [term];
  for (const parent of found) {
    const parts = partsOf(parent);
    parents.push({ term: parent, parts });
    for (const part of parts) if (hasParts(part)) found.push(part);
  }
  const done = new Map<Term, Term>();
  for (const parent of parents.toReversed()) {
    const parts = parent.parts.map((part) => done.get(part) ?? part);
    done.set(parent.term, rebuild(parent.term, parts));
  }
  return done.get(term) ?? term;
}

function hasParts({ kind }: Term): boolean {
  return kind === "list" || kind === "tuple" || kind === "map" || kind === "fun";
}

function partsOf(term: Term): readonly Term[] {
  if (term.kind === "map") return term.entries.flat();
  if (term.kind === "tuple") return term.items;
  if (term.kind === "fun") return freeVariables(term) ?? [];
  if (term.kind !== "list") return [];
  return term.tail === null ? term.items : [...term.items, term.tail];
}

function rebuild(term: Term, parts: readonly Term[]): Term {
  if (term.kind === "tuple") return { kind: "tuple", items: parts };
  if (term.kind === "list") {
    const tail = term.tail === null ? null : (parts.at(-1) ?? null);
    return { kind: "list", items: parts.slice(0, term.items.length), tail };
  }
  if (term.kind === "fun") return parts.length === term.free ? canonicalFun(term, parts) : term;
  if (term.kind !== "map") return term;
  const entries: [Term, Term][] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) entries.push([at(parts, i), at(parts, i + 1)]);
  return { kind: "map", entries: sortEntries({ kind: "map", entries }) };
}

function at(parts: readonly Term[], index: number): Term {
  return parts[index] ?? NIL;
}

/** Bytes that no other term encodes to: a fun's tag before a tuple. */
function canonicalFun(fun: FunTerm, variables: readonly Term[]): FunTerm {
  const code = [fun.index, fun.uniq, fun.arity].map((value) => integer(value));
  const bytes = encode(tuple(atom(fun.module), ...code, list(variables)));
  bytes[0] = NEW_FUN_EXT;
  return { ...fun, bytes };
}
