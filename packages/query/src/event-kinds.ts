// Codes of event kinds as the tables store them.

import { EVENT_KINDS, type EventKind } from "@elixirscope/trace";

export function kindCode(kind: EventKind): number {
  return EVENT_KINDS.indexOf(kind);
}

export function kindOf(code: number): EventKind {
  return EVENT_KINDS[code] ?? "none";
}
