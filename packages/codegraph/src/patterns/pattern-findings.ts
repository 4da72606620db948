// Findings of patterns: what each match says, with the names of its place.

import type { FileCode } from "./code/file-code.ts";
import type { Finding } from "./finding.ts";
import type { Bound } from "./language/match.ts";
import type { PatternRule } from "./language/pattern-file.ts";
import type { PatternSet } from "./language/pattern-set.ts";
import type { Match } from "./language/pattern.ts";
import { findingAt } from "./rule.ts";

export function patternFindings(code: FileCode, patterns: PatternSet<PatternRule>): Finding[] {
  const findings: Finding[] = [];
  patterns.run(code, (rule, match) => {
    if (code.isTest && !rule.inTests) return;
    const { id, category, severity, title, confidence } = rule;
    findings.push(
      findingAt(code, { id, category, severity, title, about: title }, match.node, {
        title: filled(title, match, code),
        explanation: filled(rule.explain, match, code),
        confidence,
      }),
    );
  });
  return findings;
}

/** `$name` becomes the code bound to it, `$code` the whole match. */
function filled(text: string, { node, bindings }: Match, code: FileCode): string {
  return text.replace(/\$(\w+)/g, (written, name: string) => {
    if (name === "code") return quoted(code.text(node));
    const value = bindings.get(name);
    return value === undefined ? written : quoted(textOf(value, code));
  });
}

function textOf(value: Bound, code: FileCode): string {
  if (!("kind" in value)) return value.map((node) => code.text(node)).join(", ");
  return value.kind === "atom" && value.meta === null ? value.name : code.text(value);
}

function quoted(text: string): string {
  return `\`${text}\``;
}
