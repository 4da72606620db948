// Reads the answers of remote calls: terms whose shape is known. Another shape is a target that does
// not do what it should, not a user's mistake.

import type { Term } from "@elixirscope/etf";
import { CaptureError } from "../capture-error.ts";

export function atomOf(term: Term | undefined): string {
  if (term?.kind === "atom") return term.name;
  throw unexpected("an atom", term);
}

export function numberOf(term: Term | undefined): number {
  if (term?.kind === "integer" || term?.kind === "float") return Number(term.value);
  throw unexpected("a number", term);
}

/** The elements of a proper list (an empty string included) or of a tuple. */
export function itemsOf(term: Term | undefined): readonly Term[] {
  if (term?.kind === "tuple") return term.items;
  if (term?.kind === "list" && term.tail === null) return term.items;
  throw unexpected("a list", term);
}

export function bytesOf(term: Term | undefined): Uint8Array {
  if (term?.kind === "binary") return term.bytes;
  throw unexpected("a binary", term);
}

export function textOf(term: Term | undefined): string {
  return new TextDecoder().decode(bytesOf(term));
}

/** A value that is `none` where there is none. */
export function optional<T>(term: Term | undefined, read: (term: Term) => T): T | null {
  if (term === undefined || (term.kind === "atom" && term.name === "none")) return null;
  return read(term);
}

export function entryOf(term: Term, key: string): Term | undefined {
  if (term.kind !== "map") throw unexpected("a map", term);
  return term.entries.find(([name]) => name.kind === "atom" && name.name === key)?.[1];
}

function unexpected(wanted: string, term: Term | undefined): CaptureError {
  const found = term === undefined ? "nothing" : `a term of kind ${term.kind}`;
  return new CaptureError(
    "target_refused",
    `the target answered ${found} where ${wanted} belongs; its OTP may be patched, please report this`,
  );
}
