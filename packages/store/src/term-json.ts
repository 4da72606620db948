// A term as JSON text, for tools that know JSON. Some is lost on the way (an atom and a binary are both
// strings, a tuple and a list both arrays); `term(x)` loses nothing.
//
// `nil`, `true` and `false` are JSON's own; integers keep all digits; map keys become text; a binary
// that is no UTF-8 is its bytes as an array. What the probe cut off shows as "...".

import { assertNever } from "@elixirscope/base";
import { inspect, type Term } from "@elixirscope/etf";
import { CUT_ATOM } from "@elixirscope/trace";

const CUT_TEXT = "...";
/** deeper terms would only fail later, in the JSON parser of whoever reads them */
const MAX_DEPTH = 500;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function termJson(term: Term): string {
  return json(term, 0);
}

function json(term: Term, depth: number): string {
  if (depth > MAX_DEPTH) return JSON.stringify(CUT_TEXT);
  switch (term.kind) {
    case "integer":
      return String(term.value);
    case "float":
      return JSON.stringify(term.value);
    case "atom":
      return atomJson(term.name);
    case "binary":
      return binaryJson(term.bytes);
    case "list":
      return listJson(term.items, term.tail, depth);
    case "tuple":
      return isCut(term) ? cutJson(term) : listJson(term.items, null, depth);
    case "map":
      return mapJson(term.entries, depth);
    case "bitstring":
    case "pid":
    case "port":
    case "reference":
    case "export":
    case "fun":
      return JSON.stringify(inspect(term));
    default:
      return assertNever(term);
  }
}

function atomJson(name: string): string {
  if (name === "nil" || name === "undefined") return "null";
  return name === "true" || name === "false" ? name : JSON.stringify(moduleName(name));
}

/** `Shop.Cart` is the atom `Elixir.Shop.Cart`. */
function moduleName(atom: string): string {
  return /^Elixir\.[A-Z]/.test(atom) ? atom.slice("Elixir.".length) : atom;
}

function binaryJson(bytes: Uint8Array): string {
  const text = textOf(bytes);
  return text === null ? `[${bytes.join(",")}]` : JSON.stringify(text);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    // not UTF-8: the caller shows the bytes
    return null;
  }
}

function listJson(items: readonly Term[], tail: Term | null, depth: number): string {
  const parts = items.map((item) => json(item, depth + 1));
  if (tail !== null) parts.push(json(tail, depth + 1));
  return `[${parts.join(",")}]`;
}

function mapJson(entries: readonly (readonly [Term, Term])[], depth: number): string {
  const parts = entries.map(([key, value]) =>
    isCutAtom(key)
      ? `${JSON.stringify(CUT_TEXT)}:${JSON.stringify(CUT_TEXT)}`
      : `${JSON.stringify(keyText(key))}:${json(value, depth + 1)}`,
  );
  return `{${parts.join(",")}}`;
}

function keyText(key: Term): string {
  if (key.kind === "atom") return moduleName(key.name);
  return (key.kind === "binary" ? textOf(key.bytes) : null) ?? inspect(key);
}

function isCutAtom(term: Term | undefined): boolean {
  return term?.kind === "atom" && term.name === CUT_ATOM;
}

function isCut(term: Term): boolean {
  return term.kind === "tuple" && isCutAtom(term.items[0]);
}

/** Of a cut binary the kept prefix is worth showing; everything else that was cut is only gone. */
function cutJson(term: Term): string {
  const prefix = term.kind === "tuple" ? term.items[3] : undefined;
  const text = prefix?.kind === "binary" ? textOf(prefix.bytes) : null;
  return JSON.stringify(`${text ?? ""}${CUT_TEXT}`);
}
