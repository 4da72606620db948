// Codes of event kinds as the tables store them.

import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";

export function kindCode(kind: EventKind): number {
  return EVENT_KINDS.indexOf(kind);
}

export function kindOf(code: number): EventKind {
  return EVENT_KINDS[code] ?? "none";
}

/** Kinds of what happens to a process while it may be doing nothing. */
export const PASSIVE_CODES: readonly number[] = (
  ["receive", "getting_linked", "getting_unlinked", "module", "none"] as const
).map(kindCode);
