// The named values that one event of instrumented code captured. The store keeps them as they came: the
// event's payload is a list of values, a call may have a second list of what its patterns bound, and the
// site has the names (see `refs.bindings`). Reading many events this way is cheaper than a row per name.

import { view, type LazyTerm, type Term } from "@elixirscope/etf";
import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import { NAME_SEPARATOR } from "@elixirscope/store";
import { asBytesOrNull, asNumberOrNull, asTextOrNull, type Row } from "./sql.ts";

const CAPTURING: readonly EventKind[] = ["call", "bind", "branch"];

/** Kinds of events whose payload is a list of values. */
export const CAPTURING_CODES: readonly number[] = CAPTURING.map((kind) =>
  EVENT_KINDS.indexOf(kind),
);

export type SiteNames = readonly (string | null)[];

export function siteNames(column: string | null): SiteNames {
  if (column === null) return [];
  return column.split(NAME_SEPARATOR).map((name) => (name === "" ? null : name));
}

export type Captured = {
  readonly payload: Uint8Array | null;
  /** how many values of the payload are the site's, from its first name on */
  readonly count: number;
  /** values of the site's last names */
  readonly further: Uint8Array | null;
};

/**
 * In the order of the site's names; a name that stands twice has the later value. With `wanted` only
 * these are decoded.
 */
export function capturedValues(
  { payload, count, further }: Captured,
  names: SiteNames,
  wanted: ReadonlySet<string> | null = null,
): Map<string, Term> {
  const values = new Map<string, Term>();
  const own = listOf(payload);
  if (own !== null) keep(values, own, Math.min(count, own.size), names, 0, wanted);
  const more = listOf(further);
  if (more !== null) keep(values, more, more.size, names, names.length - more.size, wanted);
  return values;
}

/** Of `names, payload, flags, further`. */
export function valuesOfRow(
  [names, payload, flags, further]: Row,
  wanted: ReadonlySet<string> | null = null,
): ReadonlyMap<string, Term> {
  const captured = {
    payload: asBytesOrNull(payload),
    count: asNumberOrNull(flags) ?? 0,
    further: asBytesOrNull(further),
  };
  return capturedValues(captured, siteNames(asTextOrNull(names)), wanted);
}

function keep(
  values: Map<string, Term>,
  found: LazyTerm,
  count: number,
  names: SiteNames,
  first: number,
  wanted: ReadonlySet<string> | null,
): void {
  for (let i = 0; i < count; i++) {
    const name = names[first + i];
    if (name === undefined || name === null || wanted?.has(name) === false) continue;
    const value = found.at(i);
    if (value !== undefined) values.set(name, value.toTerm());
  }
}

/** Null: nothing was captured, or it cannot be read. */
export function listOf(bytes: Uint8Array | null): LazyTerm | null {
  if (bytes === null) return null;
  const term = view(bytes);
  return term.ok && term.value.kind === "list" ? term.value : null;
}
