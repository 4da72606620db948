// Clauses that nothing took, as findings: first those that a clause before them keeps from ever being reached.

import type { Finding, Findings, NeverChosen, Params } from "@elixirscope/wire";
import { neverChosen } from "../clauses/never-chosen.ts";
import type { Source } from "../sql.ts";
import { cannotTell, capital, counted, fact, findingsOf } from "./finding.ts";

export async function clauseFindings(
  source: Source,
  { limit }: Params<"clauseFindings">,
): Promise<Findings> {
  const { clauses, functions, limits } = await neverChosen(source);
  const looked = `${counted(functions, "function")} with several clauses`;
  if (functions === 0 && clauses.length === 0) {
    return cannotTell(
      "The clauses of the functions that ran are not known: the recording holds no source of them. `elixirscope run` and `attach --deep` record it.",
      looked,
      limits,
    );
  }
  const surprises = clauses.filter(isNarrower);
  const others = clauses.filter((clause) => !isNarrower(clause));
  const findings = surprises.map(surprise);
  if (others.length > 0) findings.push(rest(others));
  return findingsOf(findings, limit, { looked, limits });
}

function isNarrower({ evaluation }: NeverChosen): boolean {
  return evaluation !== null && evaluation.shadowed > 0 && evaluation.isNarrower;
}

function clauseName({ clause, mfa, kind }: NeverChosen): string {
  const of = kind === "function_clause" ? mfa : `a ${kind.replace(/_clause$/, "")} in ${mfa}`;
  return `clause ${clause + 1} of ${of}`;
}

function surprise(clause: NeverChosen): Finding {
  const { mfa, file, line, text, evaluation } = clause;
  if (evaluation === null) throw new Error("bug: a surprise without an evaluation");
  const { by, sampled, shadowed } = evaluation;
  const takers = by.map((one) => `clause ${one + 1}`).join(" and ");
  return {
    id: `clause ${mfa} ${clause.clause}`,
    severity: "warning",
    statement: `${capital(clauseName(clause))} never runs: ${counted(shadowed, "recorded call")} would have matched it, but ${takers} took them first`,
    evidence: [
      { text: `${file}:${line}`, target: { kind: "code", file, line } },
      ...(text === null ? [] : [fact(text)]),
      fact(`told by ${counted(sampled, "call")} of ${clause.times.toLocaleString("en")}`),
      { text: "all clauses that were never chosen", target: { kind: "never_chosen" } },
    ],
    recommendation: `It is more special than ${takers}: put it before.`,
    limits:
      evaluation.unknown === 0
        ? []
        : [`of ${counted(evaluation.unknown, "call")} it cannot be told`],
  };
}

function rest(clauses: readonly NeverChosen[]): Finding {
  const [first] = clauses;
  const shown = clauses.slice(0, 5);
  return {
    id: `clauses ${first?.mfa ?? ""} ${clauses.length}`,
    severity: "notice",
    statement: `${counted(clauses.length, "other clause")} of code that ran ${clauses.length === 1 ? "was" : "were"} never chosen in this recording`,
    evidence: [
      ...shown.map((clause) => ({
        text: capital(clauseName(clause)),
        target: { kind: "code", file: clause.file, line: clause.line } as const,
      })),
      { text: "all of them", target: { kind: "never_chosen" } },
    ],
    recommendation: null,
    limits: ["not chosen here does not mean never needed: other input may need it"],
  };
}
