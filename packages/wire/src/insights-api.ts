// What the analyses of a recording found, as cards: one sentence each, the events that prove it, what limits it, and
// what follows for the code where something does. Each analysis is a method of its own, so that none waits for another.

import { integer, object, type Shapes } from "./shape.ts";

/** Where a piece of evidence leads. */
export type FindingTarget =
  | { readonly kind: "event"; readonly event: number }
  /** what led to that event */
  | { readonly kind: "causes"; readonly event: number }
  | {
      readonly kind: "range";
      readonly t0: number;
      readonly t1: number;
      readonly pid: string | null;
    }
  | { readonly kind: "process"; readonly pid: string; readonly t: number | null }
  | { readonly kind: "code"; readonly file: string; readonly line: number }
  /** all clauses that nothing took */
  | { readonly kind: "never_chosen" };

export type Evidence = {
  readonly text: string;
  /** null: a fact that no single event holds */
  readonly target: FindingTarget | null;
};

/** `critical`: it went wrong in this recording; `warning`: it can, or costs much; `notice`: worth knowing. */
export const SEVERITIES = ["critical", "warning", "notice"] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Finding = {
  /** the same for the same finding of the same recording */
  readonly id: string;
  readonly severity: Severity;
  readonly statement: string;
  readonly evidence: readonly Evidence[];
  /** null: nothing follows from the facts alone */
  readonly recommendation: string | null;
  /** what limits this one, beside what limits the analysis */
  readonly limits: readonly string[];
};

export type Findings = {
  /** worst first */
  readonly findings: readonly Finding[];
  /** findings that were left out */
  readonly more: number;
  /** what was looked at, in words */
  readonly looked: string;
  /** why nothing can be said, which is not the same as nothing found; null: it could be looked at */
  readonly unknown: string | null;
  readonly limits: readonly string[];
};

export const ANALYSES = [
  "crashFindings",
  "raceFindings",
  "deadlockFindings",
  "queueFindings",
  "slowFindings",
  "clauseFindings",
  "lossFindings",
] as const;
export type AnalysisName = (typeof ANALYSES)[number];

type Analysis = { params: { readonly limit: number }; reply: Findings };

export type InsightsApi = {
  crashFindings: Analysis;
  raceFindings: Analysis;
  /** cycles of synchronous calls, and calls that were not answered */
  deadlockFindings: Analysis;
  queueFindings: Analysis;
  slowFindings: Analysis;
  clauseFindings: Analysis;
  /** what is missing in the recording itself */
  lossFindings: Analysis;
};

const params = object<Analysis["params"]>({ limit: integer(1, 50) });

export const INSIGHTS_SHAPES: Shapes<InsightsApi> = {
  crashFindings: params,
  raceFindings: params,
  deadlockFindings: params,
  queueFindings: params,
  slowFindings: params,
  clauseFindings: params,
  lossFindings: params,
};
