// All findings that one file gives by itself; those that need the whole project are in `project-findings.ts`.

import type { FileSyntax } from "../module/module-syntax.ts";
import { FileCode } from "./code/file-code.ts";
import type { Finding } from "./finding.ts";
import { readPatterns, type PatternRule } from "./language/pattern-file.ts";
import { PatternSet } from "./language/pattern-set.ts";
import type { PatternProblem } from "./language/pattern.ts";
import { patternFindings } from "./pattern-findings.ts";
import { RECOGNISERS } from "./recognisers/all.ts";
import { findingAt, type FileRule, type Rule } from "./rule.ts";
import { atomInLoop, atomsFromInput } from "./rules/atoms.ts";
import { builtinPatterns } from "./rules/builtin-patterns.ts";
import { ERROR_RULES } from "./rules/errors.ts";
import { INPUT_SINK_RULES } from "./rules/input-sinks.ts";
import { LIVE_VIEW_RULES } from "./rules/live-view.ts";
import { LOOP_RULES } from "./rules/loops.ts";
import { MAILBOX_RULES } from "./rules/mailbox.ts";
import { MODULE_BODY_RULES } from "./rules/module-body.ts";
import { PROCESS_RULES } from "./rules/processes.ts";
import { SERVER_RULES } from "./rules/servers.ts";
import { SHARED_STATE_RULES } from "./rules/shared-state.ts";

const RULES: readonly FileRule[] = [
  atomsFromInput,
  atomInLoop,
  ...INPUT_SINK_RULES,
  ...PROCESS_RULES,
  ...SERVER_RULES,
  ...MAILBOX_RULES,
  ...SHARED_STATE_RULES,
  ...ERROR_RULES,
  ...LOOP_RULES,
  ...MODULE_BODY_RULES,
  ...LIVE_VIEW_RULES,
  ...RECOGNISERS,
];

/** The rules of this package with a user's own patterns. Made once, used for every file. */
export type RuleSet = {
  readonly rules: readonly FileRule[];
  readonly patterns: PatternSet<PatternRule>;
  /** for listings: every rule, patterns included */
  readonly all: readonly Rule[];
};

export type UserPatterns = { readonly file: string; readonly text: string };

/**
 * Reads pattern files. Problems in them come back with their places, and the patterns without problems
 * are used. A user's pattern that has the id of one of ours replaces it.
 */
export function ruleSet(userPatterns: readonly UserPatterns[] = []): {
  readonly rules: RuleSet;
  readonly problems: readonly PatternProblem[];
} {
  const byId = new Map(builtinPatterns().map((rule) => [rule.id, rule]));
  const problems: PatternProblem[] = [];
  for (const { file, text } of userPatterns) {
    const read = readPatterns(text, file);
    problems.push(...read.problems);
    for (const rule of read.rules) byId.set(rule.id, rule);
  }
  const patterns = [...byId.values()];
  const rules = RULES.filter(({ id }) => !byId.has(id));
  const listed = patterns.map((rule) => ({ ...rule, about: rule.title }));
  return {
    rules: { rules, patterns: new PatternSet(patterns), all: [...rules, ...listed] },
    problems,
  };
}

/** In the order of the text. `goesOn` is asked before each rule: what answers it with false has run out of time. */
export function fileFindings(
  file: FileSyntax,
  { rules, patterns }: RuleSet,
  goesOn: (rule: Rule) => boolean = () => true,
): Finding[] {
  const code = new FileCode(file);
  const findings = patternFindings(code, patterns);
  for (const rule of rules) {
    if (code.isTest && !rule.inTests) continue;
    if (!goesOn(rule)) break;
    rule.check(code, (at, evidence) => findings.push(findingAt(code, rule, at, evidence)));
  }
  return findings.toSorted(
    (one, other) => one.range.start - other.range.start || (one.rule < other.rule ? -1 : 1),
  );
}
