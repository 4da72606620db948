// Which clause was chosen for recorded arguments, and what kept the others from being it.

/** A sub-pattern that the value at its place does not match; the innermost one that says why. */
export type PatternFailure = {
  readonly kind: "pattern";
  /** where in the arguments: `args[1].vip`; of a branch in its subject: `value.vip` */
  readonly path: string;
  /** the sub-pattern as it is written */
  readonly expected: string;
  /** null: the map has no such key */
  readonly found: string | null;
  readonly line: number;
  readonly column: number;
};

export type GuardFailure = {
  readonly kind: "guard";
  /** the part of the guard that does not hold, as it is written */
  readonly expected: string;
  /** its variables */
  readonly values: readonly { readonly name: string; readonly text: string }[];
  /** the exception that it raises, which a guard takes for false */
  readonly raised: string | null;
  readonly line: number;
  readonly column: number;
};

export type ClauseVerdict =
  | "matched"
  | "skipped"
  /** what was cut, not recorded or cannot be evaluated here decides */
  | "unknown"
  /** a clause before it matched */
  | "not_tried";

export type ClauseView = {
  /** from 0, in the order of the source */
  readonly clause: number;
  readonly line: number;
  readonly column: number;
  /** its first line */
  readonly text: string;
  readonly verdict: ClauseVerdict;
  /** would it take these values, whatever stands before it? null: it cannot be told */
  readonly holds: boolean | null;
  /** of `holds: false` */
  readonly failure: PatternFailure | GuardFailure | null;
  /** of `holds: null` */
  readonly unknown: string | null;
};

export type ClausesView = {
  /** the call, or the event of a branch or of a call that no clause took */
  readonly event: number;
  readonly t: number;
  readonly pid: string;
  /** `function`, or the construct: `case_clause` … */
  readonly of: string;
  readonly mfa: string;
  /** the arguments or the subject that was matched, as text; null: not recorded */
  readonly values: readonly string[] | null;
  readonly file: string;
  readonly clauses: readonly ClauseView[];
  /** by evaluation; null: it cannot be told, or none */
  readonly chosen: number | null;
  /** as it was recorded; null: it was not */
  readonly recorded: { readonly clause: number | "none" } | null;
  /** null: one of the two is not known */
  readonly agrees: boolean | null;
  readonly limits: readonly string[];
};

/** Why there is no answer. */
export type NoClauses = {
  /** `no_sources`: the recording holds none and no files were given */
  readonly code: "no_call" | "no_clauses" | "no_sources";
  readonly message: string;
};

export type ClausesAnswer =
  | { readonly ok: true; readonly view: ClausesView }
  | { readonly ok: false; readonly missing: NoClauses };

/** A source file that does not come from the recording. */
export type SourceFile = { readonly path: string; readonly text: string };
