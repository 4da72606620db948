// What modules that are not of the project export: Elixir's own (generated table) and, of the
// frameworks that are imported by nearly everybody, what an `import` of them brings.

import { ELIXIR_EXPORTS } from "./known-exports.data.ts";
import { FRAMEWORK_EXPORTS } from "./framework-exports.ts";

export type ExportKind = "function" | "macro";

/** name → bit set of arities */
type Arities = ReadonlyMap<string, number>;

type Exports = { readonly functions: Arities; readonly macros: Arities };

const tables = new Map<string, Exports | readonly [string, string]>();
for (const [module, functions, macros] of [...ELIXIR_EXPORTS, ...FRAMEWORK_EXPORTS]) {
  tables.set(module, [functions, macros]);
}

/** Null when the module does not export it, undefined when the module is not known. */
export function knownExport(
  module: string,
  name: string,
  arity: number,
): ExportKind | null | undefined {
  const exports = exportsOf(module);
  if (exports === undefined) return undefined;
  if (has(exports.functions, name, arity)) return "function";
  return has(exports.macros, name, arity) ? "macro" : null;
}

function exportsOf(module: string): Exports | undefined {
  const known = tables.get(module);
  if (known === undefined || "functions" in known) return known;
  const read = { functions: arities(known[0]), macros: arities(known[1]) };
  tables.set(module, read);
  return read;
}

/** Reads `map/2 dbg/0@1.18,1`: which release brought it does not matter here, the newest is assumed. */
function arities(text: string): Arities {
  const found = new Map<string, number>();
  for (const entry of text.split(" ")) {
    const slash = entry.lastIndexOf("/");
    let bits = 0;
    for (const arity of entry.slice(slash + 1).split(",")) bits |= 1 << Number.parseInt(arity, 10);
    if (slash > 0) found.set(entry.slice(0, slash), bits);
  }
  return found;
}

function has(table: Arities, name: string, arity: number): boolean {
  return arity < 31 && ((table.get(name) ?? 0) & (1 << arity)) !== 0;
}
