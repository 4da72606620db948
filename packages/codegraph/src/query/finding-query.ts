// Questions about findings.

import type { Finding, FindingCategory, FindingSeverity } from "../patterns/finding.ts";
import { type NamePattern, nameTest, type Plan, Query } from "./query.ts";

const severities: readonly FindingSeverity[] = ["info", "warning", "error"];

export class FindingQuery extends Query<Finding, FindingQuery> {
  static all(findings: readonly Finding[]): FindingQuery {
    return new FindingQuery({ steps: [`all ${findings.length} findings`], run: () => findings });
  }

  protected override derive(plan: Plan<Finding>): FindingQuery {
    return new FindingQuery(plan);
  }

  rule(pattern: NamePattern): FindingQuery {
    const test = nameTest(pattern);
    return this.where((finding) => test(finding.rule), `of rule ${pattern}`);
  }

  category(...categories: readonly FindingCategory[]): FindingQuery {
    return this.where(
      (finding) => categories.includes(finding.category),
      `of category ${categories.join(" or ")}`,
    );
  }

  atLeast(severity: FindingSeverity): FindingQuery {
    const least = severities.indexOf(severity);
    return this.where(
      (finding) => severities.indexOf(finding.severity) >= least,
      `at least ${severity}`,
    );
  }

  inModule(pattern: NamePattern): FindingQuery {
    const test = nameTest(pattern);
    return this.where(
      (finding) => finding.module !== null && test(finding.module),
      `in a module named ${pattern}`,
    );
  }
}
