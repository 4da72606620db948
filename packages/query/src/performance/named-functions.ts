// Functions by the name that views print: `Shop.Cart.add/3`, and only that one. A recording may give several
// numbers to one name.

import type { NoSubject } from "@elixirscope/wire";
import { nearestNames } from "@elixirscope/base";
import { mfaText } from "../names.ts";
import { asNumber, asNumberOrNull, asTextOrNull, select, sql, type Source } from "../sql.ts";

export type NamedFunctions = { readonly name: string; readonly ids: readonly number[] };

export type NamedLookup =
  | { readonly ok: true; readonly functions: NamedFunctions }
  | { readonly ok: false; readonly missing: NoSubject };

export async function namedFunctions(source: Source, name: string): Promise<NamedLookup> {
  const rows = await select(source, sql`SELECT id, module, "function", arity FROM base.functions`);
  const names = rows.map(([id, module, fun, arity]) => ({
    id: asNumber(id),
    text: mfaText(
      asTextOrNull(module) ?? "?",
      asTextOrNull(fun) ?? "?",
      asNumberOrNull(arity) ?? 0,
    ),
  }));
  const ids = names.filter(({ text }) => text === name).map(({ id }) => id);
  if (ids.length > 0) return { ok: true, functions: { name, ids } };
  const nearest = nearestNames(
    name,
    names.map(({ text }) => text),
  );
  return {
    ok: false,
    missing: { message: `no function called ${name} is in this recording`, nearest },
  };
}
