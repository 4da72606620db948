// The path of a part of a term in the same words as `DiffEntry.path`: `.items["apple"].qty`, `[0]`, `{1}`.
//
// A child's key is what stands before it in Elixir source: `name:`, `"apple" =>`, or null by position.

import type { TermView } from "@elixirscope/wire";

const FIELD = /^[\p{Ll}_][\p{L}\p{N}_]*[?!]?$/u;

export function childPath(
  path: string,
  kind: TermView["kind"],
  key: string | null,
  index: number,
): string {
  if (key === null) return kind === "tuple" ? `${path}{${index}}` : `${path}[${index}]`;
  if (key.endsWith(" =>")) return `${path}[${key.slice(0, -3)}]`;
  const name = key.replace(/:$/, "");
  return kind !== "list" && FIELD.test(name) ? `${path}.${name}` : `${path}[:${name}]`;
}

/** Is `inner` a part of what `outer` is, but not the same? The empty path is the whole. */
export function isWithin(inner: string, outer: string): boolean {
  const next = inner[outer.length];
  return next !== undefined && inner.startsWith(outer) && ".[{".includes(next);
}
