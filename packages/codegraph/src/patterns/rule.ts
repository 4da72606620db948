// A rule: what it looks for, and how it says what it found.

import type { Node } from "@elixirscope/syntax";
import type { FileCode } from "./code/file-code.ts";
import type { Finding, FindingCategory, FindingSeverity } from "./finding.ts";

export type Rule = {
  /** stable and kebab-case */
  readonly id: string;
  readonly category: FindingCategory;
  readonly severity: FindingSeverity;
  readonly title: string;
  /** what it looks for, in a sentence, for listings */
  readonly about: string;
};

/** Looks at one file. */
export type FileRule = Rule & {
  /** false: what it finds is all right in tests, so they are not looked at */
  readonly inTests: boolean;
  readonly check: (code: FileCode, report: Report) => void;
};

export type Evidence = {
  /** why it matters here and what to do, with the names of this place */
  readonly explanation: string;
  /** 0 to 1 */
  readonly confidence: number;
  readonly severity?: FindingSeverity;
  readonly title?: string;
};

export type Report = (at: Node, evidence: Evidence) => void;

/** A finding of `rule` at a node. */
export function findingAt(code: FileCode, rule: Rule, at: Node, evidence: Evidence): Finding {
  const place = code.placeOf(at);
  return {
    rule: rule.id,
    category: rule.category,
    severity: evidence.severity ?? rule.severity,
    title: evidence.title ?? rule.title,
    explanation: evidence.explanation,
    file: code.file,
    module: place?.module.data.name ?? null,
    function: place?.function?.data.key ?? null,
    range: code.rangeOf(at),
    nodeId: code.syntax.ids.idOf(at),
    confidence: evidence.confidence,
  };
}
