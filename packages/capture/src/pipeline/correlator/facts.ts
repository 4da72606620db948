// Reads the few records whose payload the correlator must understand. They are rare, so they are
// decoded in full; what does not have the expected form is left out, never guessed.

import { assertNever } from "@elixirscope/base";
import { decode, type Term } from "@elixirscope/etf";
import { atomText } from "./definitions.ts";

type Entries = ReadonlyMap<string, Term>;

/** The entries of a map with atom keys; empty for anything else. */
export function entriesOf(bytes: Uint8Array): Entries {
  const decoded = decode(bytes);
  const entries = new Map<string, Term>();
  if (!decoded.ok || decoded.value.kind !== "map") return entries;
  for (const [key, value] of decoded.value.entries) {
    if (key.kind === "atom") entries.set(key.name, value);
  }
  return entries;
}

export function numberIn(entries: Entries, key: string): number | null {
  const term = entries.get(key);
  if (term === undefined) return null;
  if (term.kind === "integer") return Number(term.value);
  return term.kind === "float" ? term.value : null;
}

export function textIn(entries: Entries, key: string): string | undefined {
  const term = entries.get(key);
  return term === undefined ? undefined : (textOf(term) ?? undefined);
}

/** Atoms, binaries and `{M, F, A}` as people write them. */
export function textOf(term: Term): string | null {
  switch (term.kind) {
    case "atom":
      return atomText(term.name);
    case "binary":
      return Buffer.from(term.bytes).toString("utf8");
    case "tuple":
      return mfaText(term.items);
    case "pid":
      return `<0.${String(term.id)}.${String(term.serial)}>`;
    case "list":
      return term.items.map((item) => textOf(item) ?? "?").join(", ");
    case "integer":
    case "float":
      return String(term.value);
    case "bitstring":
    case "map":
    case "port":
    case "reference":
    case "export":
    case "fun":
      return null;
    default:
      return assertNever(term);
  }
}

function mfaText(items: readonly Term[]): string | null {
  const [module, name, arity] = items;
  if (module?.kind !== "atom" || name?.kind !== "atom") return null;
  if (arity?.kind === "integer") {
    return `${atomText(module.name)}.${name.name}/${String(arity.value)}`;
  }
  if (arity?.kind === "list") {
    return `${atomText(module.name)}.${name.name}/${String(arity.items.length)}`;
  }
  return null;
}

/** `{Module, Md5, loaded | reloaded | deleted}` */
export function moduleFacts(
  bytes: Uint8Array,
): { module: string; md5: string | null; event: string } | null {
  const decoded = decode(bytes);
  if (!decoded.ok || decoded.value.kind !== "tuple") return null;
  const [module, md5, event] = decoded.value.items;
  if (module?.kind !== "atom" || event?.kind !== "atom") return null;
  const digest = md5?.kind === "binary" ? Buffer.from(md5.bytes).toString("hex") : null;
  return { module: atomText(module.name), md5: digest, event: event.name };
}

/** `{SystemTimeNs}` */
export function clockFacts(bytes: Uint8Array): bigint | null {
  const decoded = decode(bytes);
  if (!decoded.ok || decoded.value.kind !== "tuple") return null;
  const [time] = decoded.value.items;
  return time?.kind === "integer" ? BigInt(time.value) : null;
}

export function atomIn(bytes: Uint8Array): string | null {
  const decoded = decode(bytes);
  return decoded.ok && decoded.value.kind === "atom" ? atomText(decoded.value.name) : null;
}
