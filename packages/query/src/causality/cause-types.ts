// The kinds of causes by their codes inside this folder's queries.

import { CAUSE_TYPES, type CauseType } from "@elixirscope/wire";

export function causeCode(type: CauseType): number {
  return CAUSE_TYPES.indexOf(type);
}
