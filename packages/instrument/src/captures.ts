// What a level records of a function.

import { assertNever } from "@elixirscope/base";
import type { Capture, Level } from "@elixirscope/trace";

export type Captured = {
  /** a callback that takes and gives back the state of a process */
  readonly keepsState: boolean;
  /** it loops by tail calls: its calls are kept as such, so they have no result */
  readonly tailLoop: boolean;
};

export function capturesAt(level: Level, { keepsState, tailLoop }: Captured): readonly Capture[] {
  const state: Capture[] = keepsState ? ["state"] : [];
  const result: Capture[] = tailLoop ? [] : ["result"];
  switch (level) {
    case "off":
      return [];
    case "minimal":
      return ["exception", ...state];
    case "boundaries":
      return ["arguments", ...result, "exception", ...state];
    case "full":
      return ["arguments", ...result, "exception", ...state, "bindings", "branches", "messages"];
    default:
      return assertNever(level);
  }
}
