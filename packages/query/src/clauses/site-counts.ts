// How often each clause of instrumented code was taken. A module that was instrumented again has other sites for the
// same code: what counts is the node.

import { mfaText } from "../names.ts";
import { asNumber, asNumberOrNull, asTextOrNull, select, sql, type Source } from "../sql.ts";
import type { FunctionName } from "../interned.ts";
import type { FunctionSources } from "./function-source.ts";
import type { NeverChosen } from "@elixirscope/wire";

export type SiteCount = FunctionName & {
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly clause: number | null;
  /** null: a macro wrote it */
  readonly nodeId: string | null;
  readonly times: number;
};

/** Constructs of which one clause is taken whenever they are gone through. */
const BRANCHES = ["case_clause", "cond_clause", "receive_clause", "fn_clause"];

/** By function: the clauses that somebody wrote. */
export async function siteCounts(
  source: Source,
): Promise<ReadonlyMap<number, readonly SiteCount[]>> {
  const rows = await select(
    source,
    sql`SELECT s."function", f.module, f."function", f.arity, s.kind, any_value(s.file), min(s.line), s.clause, s.node_id,
        coalesce(sum(e.times), 0)::BIGINT
      FROM raw.sites s JOIN base.functions f ON f.id = s."function"
        LEFT JOIN (SELECT site, count(*) AS times FROM raw.events WHERE site IS NOT NULL GROUP BY site) e ON e.site = s.site
      WHERE s.kind IN ${["function_clause", ...BRANCHES]} AND coalesce(s.generated, 0) = 0
      GROUP BY s."function", f.module, f."function", f.arity, s.kind, s.clause, s.node_id ORDER BY min(s.line), s.clause`,
  );
  const found = new Map<number, SiteCount[]>();
  for (const row of rows) {
    const id = asNumber(row[0]);
    const counts = found.get(id) ?? [];
    found.set(id, counts);
    counts.push({
      module: asTextOrNull(row[1]) ?? "?",
      name: asTextOrNull(row[2]) ?? "?",
      arity: asNumber(row[3]),
      kind: asTextOrNull(row[4]) ?? "",
      file: asTextOrNull(row[5]) ?? "",
      line: asNumberOrNull(row[6]) ?? 0,
      clause: asNumberOrNull(row[7]),
      nodeId: asTextOrNull(row[8]),
      times: asNumber(row[9]),
    });
  }
  return found;
}

/** Clauses inside of functions that were never taken while a sibling was. */
export async function branchesNeverTaken(
  counts: ReadonlyMap<number, readonly SiteCount[]>,
  sources: FunctionSources,
): Promise<readonly NeverChosen[]> {
  const found: NeverChosen[] = [];
  for (const ofFunction of counts.values()) {
    for (const clauses of constructsOf(ofFunction)) {
      const times = clauses.reduce((sum, one) => sum + one.times, 0);
      for (const one of times === 0 ? [] : clauses) {
        if (one.times > 0) continue;
        found.push({
          mfa: mfaText(one.module, one.name, one.arity),
          kind: one.kind,
          file: one.file,
          line: one.line,
          clause: one.clause ?? 0,
          text: await textOf(one, sources),
          siblings: clauses.map((sibling) => sibling.times),
          times,
          evaluation: null,
        });
      }
    }
  }
  return found;
}

/** Siblings have the same node around them. */
function constructsOf(counts: readonly SiteCount[]): Iterable<readonly SiteCount[]> {
  const constructs = new Map<string, SiteCount[]>();
  for (const one of counts) {
    if (!BRANCHES.includes(one.kind) || one.nodeId === null) continue;
    const around = `${one.kind} ${one.nodeId.replace(/\.?clause\d+$/, "")}`;
    const siblings = constructs.get(around);
    if (siblings === undefined) constructs.set(around, [one]);
    else siblings.push(one);
  }
  return constructs.values();
}

async function textOf(one: SiteCount, sources: FunctionSources): Promise<string | null> {
  const code = await sources.find(one);
  return code === null ? null : code.module.source.line(one.line).trim();
}
