// What a recording says of the session that made it: its plan, and the audit of what was done to it.

import type { AuditView, PlanView } from "@elixirscope/wire";
import { moduleText } from "./names.ts";
import type { Source } from "./sql.ts";

const MOST_MODULES = 60;
const MOST_ENTRIES = 200;

export async function sessionFacts(source: Source): Promise<{
  readonly plan: PlanView;
  readonly audit: readonly AuditView[];
  readonly moreAudit: number;
}> {
  const { rows } = await source.query(
    `SELECT t, who, action, subject, outcome, detail, count(*) OVER () AS total
     FROM audit ORDER BY t DESC LIMIT ${MOST_ENTRIES}`,
  );
  const total = Number(rows[0]?.[6] ?? 0);
  return { plan: planView(source), audit: rows.map(auditView), moreAudit: total - rows.length };
}

function auditView(row: readonly unknown[]): AuditView {
  const [t, who, action, subject, outcome, detail] = row;
  return {
    t: Number(t),
    who: who === "page" || who === "session" ? who : "cli",
    action: String(action),
    subject: String(subject),
    outcome: outcome === "done" || outcome === "partly" ? outcome : "refused",
    detail: String(detail),
  };
}

function planView({ manifest }: Source): PlanView {
  const { plan } = manifest;
  const modules = new Map<string, number>();
  for (const { module } of plan.functions) modules.set(module, (modules.get(module) ?? 0) + 1);
  const ordered = [...modules].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return {
    selectors: plan.selectors,
    deep: plan.deep ?? [],
    functions: plan.functions.length,
    withoutResults: plan.functions.filter(({ returns }) => returns === "none").length,
    modules: ordered
      .slice(0, MOST_MODULES)
      .map(([module, functions]) => ({ module: moduleText(module), functions })),
    moreModules: Math.max(0, ordered.length - MOST_MODULES),
    processes: plan.processes,
    messages: plan.messages,
    lifecycle: plan.lifecycle,
    state: plan.state,
    arguments: plan.arguments,
    sampling: plan.sampling,
    limits: plan.limits,
    budgets: plan.budgets,
  };
}
