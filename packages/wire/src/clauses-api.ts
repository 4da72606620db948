// Which clause was chosen for recorded arguments, and what kept the others from being it. Clauses
// that nothing took, and the test that a recorded call makes.

import { id, rows } from "./param-shapes.ts";
import { object, type Shapes } from "./shape.ts";

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

/** Calls of the sample, by what would have become of them. */
export type Evaluation = {
  /** calls that were looked at */
  readonly sampled: number;
  /** of these, calls that the clause would have taken, had no earlier one */
  readonly shadowed: number;
  /** which took those, from 0 */
  readonly by: readonly number[];
  /** one of those also takes calls that this one would not: the special clause stands behind the general one */
  readonly isNarrower: boolean;
  /** calls of which it cannot be told */
  readonly unknown: number;
};

export type NeverChosen = {
  readonly mfa: string;
  /** `function_clause`, or the construct that it is in: `case_clause` … */
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  /** from 0 */
  readonly clause: number;
  /** its first line; null: no source */
  readonly text: string | null;
  /** how often its siblings were, in order; null: not counted, but sampled */
  readonly siblings: readonly number[] | null;
  /** calls of its function, or how often its construct was gone through */
  readonly times: number;
  /** null: not evaluated */
  readonly evaluation: Evaluation | null;
};

export type NeverChosenView = {
  /** first what a more general clause shadows, then what is shadowed otherwise */
  readonly clauses: readonly NeverChosen[];
  /** functions with several clauses that were looked at */
  readonly functions: number;
  readonly limits: readonly string[];
};

export type OtherCall = { readonly call: number; readonly mfa: string };

export type RecordedTest = {
  readonly call: number;
  readonly mfa: string;
  readonly outcome: "returned" | "raised";
  /** the test's module */
  readonly module: string;
  /** the whole file */
  readonly text: string;
  /** why it may fail although nothing is wrong; in the text as comments, too */
  readonly warnings: readonly string[];
  readonly limits: readonly string[];
};

export type NoTest = {
  readonly code: "no_call" | "private" | "not_recorded" | "not_ended" | "irreproducible";
  readonly message: string;
  /** what to do instead: another call of which there can be a test */
  readonly instead: OtherCall | null;
};

export type RecordedTestAnswer =
  | { readonly ok: true; readonly test: RecordedTest }
  | { readonly ok: false; readonly refused: NoTest };

export type ClausesApi = {
  /** `event`: a call, a branch, or anything that happened in a call */
  clauses: { params: { readonly event: number }; reply: ClausesAnswer };
  /** clauses that no recorded call took although their function ran */
  neverChosen: { params: { readonly limit: number }; reply: NeverChosenView };
  recordedTest: { params: { readonly call: number }; reply: RecordedTestAnswer };
};

export const CLAUSES_SHAPES: Shapes<ClausesApi> = {
  clauses: object<ClausesApi["clauses"]["params"]>({ event: id }),
  neverChosen: object<ClausesApi["neverChosen"]["params"]>({ limit: rows }),
  recordedTest: object<ClausesApi["recordedTest"]["params"]>({ call: id }),
};
