// Findings that need the whole project, and how they join those of its files.

import type { TaintFlow } from "../flow/taint.ts";
import type { ProjectGraphs } from "../link/project-graphs.ts";
import type { Finding } from "./finding.ts";
import { PROJECT_RULES, projectFindingAt, projectView } from "./project/server-rules.ts";
import { taintFindings } from "./project/taint-findings.ts";
import type { Rule } from "./rule.ts";

/** For listings, beside the rules of a `RuleSet`. */
export const projectRules: readonly Rule[] = PROJECT_RULES;

/** `taint`: the flows of `findTaint`, where they are known. */
export function projectFindings(
  graphs: ProjectGraphs,
  taint: readonly TaintFlow[] = [],
): Finding[] {
  const view = projectView(graphs);
  const findings = taintFindings(taint);
  for (const rule of PROJECT_RULES) {
    rule.check(view, (at, evidence) => findings.push(projectFindingAt(rule, at, evidence)));
  }
  return findings;
}

/**
 * All findings in the order of files and places. Of two of one rule about one place the surer stays: the
 * project's data flow often sees again what a file's own rules saw.
 */
export function mergeFindings(
  ofFiles: readonly Finding[],
  ofProject: readonly Finding[],
): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of [...ofFiles, ...ofProject]) {
    const place = `${finding.file}\0${finding.range.line}\0${finding.rule}`;
    const known = merged.get(place);
    const key =
      known !== undefined && !overlap(known, finding) ? `${place}\0${finding.range.start}` : place;
    const earlier = merged.get(key);
    if (earlier === undefined || earlier.confidence < finding.confidence) merged.set(key, finding);
  }
  return [...merged.values()].toSorted(byPlace);
}

function overlap(one: Finding, other: Finding): boolean {
  return one.range.start < other.range.end && other.range.start < one.range.end;
}

function byPlace(one: Finding, other: Finding): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.range.start - other.range.start || (one.rule < other.rule ? -1 : 1);
}
