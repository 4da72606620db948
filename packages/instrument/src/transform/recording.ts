// What the code of one function is to report: the level, captures and detail of a plan as plain switches.

import type { FunctionLevel } from "../module-plan.ts";

export type Recording = {
  /** calls of the function have a frame: entry and end are seen; else only exceptions */
  readonly frames: boolean;
  readonly arguments: boolean;
  readonly result: boolean;
  readonly bindings: boolean;
  readonly branches: boolean;
  readonly messages: boolean;
  readonly lines: boolean;
  readonly values: boolean;
};

/** Null: the function is left as it is. */
export function recordingOf({ level, captures, detail }: FunctionLevel): Recording | null {
  if (level === "off") return null;
  const has = new Set(captures);
  const full = level === "full";
  const state = has.has("state");
  return {
    frames: level !== "minimal" || state,
    arguments: level !== "minimal" && has.has("arguments"),
    result: state || (level !== "minimal" && has.has("result")),
    bindings: full && has.has("bindings"),
    branches: full && has.has("branches"),
    messages: full && has.has("messages"),
    lines: full && detail !== "bindings",
    values: full && detail === "expressions",
  };
}
