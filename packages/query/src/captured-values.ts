// The named values that one event of instrumented code captured. The store keeps them as they came: the
// event's payload is a list of values, a call may have a second list of what its patterns bound, and the
// site has the names (see `refs.bindings`). Reading many events this way is cheaper than a row per name.

import { decode, type Term } from "@elixirscope/etf";
import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";
import { NAME_SEPARATOR } from "@elixirscope/store";

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

/** In the order of the site's names; a name that stands twice has the later value. */
export function capturedValues(
  { payload, count, further }: Captured,
  names: SiteNames,
): Map<string, Term> {
  const values = new Map<string, Term>();
  const own = listOf(payload).slice(0, count);
  keep(values, names, own, 0);
  const more = listOf(further);
  keep(values, names, more, names.length - more.length);
  return values;
}

function keep(
  values: Map<string, Term>,
  names: SiteNames,
  found: readonly Term[],
  first: number,
): void {
  for (const [i, value] of found.entries()) {
    const name = names[first + i];
    if (name !== undefined && name !== null) values.set(name, value);
  }
}

function listOf(bytes: Uint8Array | null): readonly Term[] {
  if (bytes === null) return [];
  const term = decode(bytes);
  return term.ok && term.value.kind === "list" ? term.value.items : [];
}
