// Is a value so common that an equal one elsewhere says nothing? By the bits that it takes to name it among
// others of its kind: small integers and atoms are everywhere, a customer's name or a reference is not.

import type { Term } from "@elixirscope/etf";

/** About one of 2^16 values: less is found by chance in a recording of any size. */
const ENOUGH_BITS = 16;
const ATOM_BITS = 4;

export function isCommon(term: Term): boolean {
  let bits = 0;
  const pending: Term[] = [term];
  for (let at = pending.pop(); at !== undefined && bits < ENOUGH_BITS; at = pending.pop()) {
    bits += ownBits(at);
    if (at.kind === "list" || at.kind === "tuple") for (const item of at.items) pending.push(item);
    if (at.kind === "list" && at.tail !== null) pending.push(at.tail);
    if (at.kind === "map") for (const [key, value] of at.entries) pending.push(key, value);
  }
  return bits < ENOUGH_BITS;
}

function ownBits(term: Term): number {
  switch (term.kind) {
    case "integer": {
      const size = Math.abs(Number(term.value));
      return size < 1 ? 1 : Math.min(64, Math.log2(size) + 1);
    }
    case "float":
      return Number.isInteger(term.value)
        ? Math.min(32, Math.log2(Math.abs(term.value) + 1) + 1)
        : 32;
    case "atom":
      return ATOM_BITS;
    case "binary":
    case "bitstring":
      return term.bytes.length * 8;
    case "list":
    case "tuple":
    case "map":
      return 1;
    case "pid":
    case "port":
    case "reference":
    case "fun":
    case "export":
      return 32;
    default:
      return term satisfies never;
  }
}
