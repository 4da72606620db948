// A compiled pattern: code with placeholders, alternatives and a condition. See `language.md` in docs.

import type { Node } from "@elixirscope/syntax";
import type { FileCode } from "../code/file-code.ts";
import type { Bindings } from "./match.ts";

export type Pattern = {
  /** any of these matches */
  readonly alternatives: readonly Node[];
  /** all must hold */
  readonly conditions: readonly Condition[];
};

/** A `where`: decided on the matched node and what the placeholders are bound to. */
export type Condition = (context: MatchContext) => boolean;

export type MatchContext = {
  readonly code: FileCode;
  readonly node: Node;
  readonly bindings: Bindings;
};

/** What is wrong with a pattern's text, and where. */
export type PatternProblem = {
  readonly code:
    | "syntax"
    | "unknown_entry"
    | "bad_value"
    | "bad_condition"
    | "unbound"
    | "missing"
    | "too_deep";
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
};

export type Match = {
  readonly node: Node;
  readonly bindings: Bindings;
};
