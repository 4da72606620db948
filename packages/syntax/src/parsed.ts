// What parsing answers: always a tree, with diagnostics where the text is not Elixir.

import type { Node, Position } from "./ast.ts";
import type { Source } from "./source.ts";

export type Severity = "error" | "warning";

export type Diagnostic = Position & {
  readonly severity: Severity;
  /** stable, for programs: `unexpected_token`, `missing_terminator`, `invalid_utf8`, … */
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
};

export type Comment = Position & {
  /** with its `#` */
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

/** Which release's metadata to produce; the syntax accepted is the newest's in any case. */
export type ElixirVersion = "1.14" | "1.15" | "1.16" | "1.17" | "1.18" | "1.19" | "1.20";

export type ParseOptions = {
  /** for diagnostics only */
  readonly file?: string;
  /** default: the newest */
  readonly elixir?: ElixirVersion;
};

export type Parsed = {
  readonly tree: Node;
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  readonly comments: readonly Comment[];
};
