// What is missing in the recording itself, as findings: what was lost, what was left out on purpose, why it ended.

import type { Evidence, Finding, Findings, Params } from "@elixirscope/wire";
import { limitsOf } from "../limits.ts";
import { durationText, timeText } from "../names.ts";
import { gapRows, isLoss } from "../overview.ts";
import { recordingRange } from "../recording-range.ts";
import {
  asNumber,
  asNumberOrNull,
  asText,
  asTextOrNull,
  select,
  sql,
  type Source,
} from "../sql.ts";
import { capital, counted, fact, findingsOf } from "./finding.ts";

const MOST_STRETCHES = 4;

export async function lossFindings(
  source: Source,
  { limit }: Params<"lossFindings">,
): Promise<Findings> {
  const { t0, t1 } = await recordingRange(source);
  const sums = await select(
    source,
    sql`SELECT reason, count(*)::DOUBLE, sum(count)::DOUBLE, count(DISTINCT pid)::DOUBLE, bool_or(pid IS NULL)
      FROM ${gapRows(sql`true`)} GROUP BY reason ORDER BY sum(count) DESC NULLS LAST, reason`,
  );
  const findings: Finding[] = [];
  for (const row of sums) {
    const [gaps, processes] = [asNumber(row[1]), asNumber(row[3])];
    const sum = { reason: asText(row[0]), gaps, events: asNumberOrNull(row[2]), processes };
    findings.push(
      gapFinding({ ...sum, isEverybody: row[4] === true }, await stretches(source, sum.reason)),
    );
  }
  const asked = await limitsOf(source, { pids: null, from: t1 + 1, to: t1 + 1 }, [
    "messages",
    "states",
    "lifecycle",
    "values",
  ]);
  findings.push(...asked.map(planFinding));
  const { stopped } = source.manifest;
  if (stopped !== null && stopped.code !== "user" && stopped.code !== "duration") {
    findings.push(stopFinding(stopped, t1));
  }
  return findingsOf(findings, limit, {
    looked: `every stretch of ${durationText(t1 - t0)}`,
    limits: [],
  });
}

type GapSum = {
  readonly reason: string;
  readonly gaps: number;
  readonly events: number | null;
  readonly processes: number;
  readonly isEverybody: boolean;
};

function gapFinding(
  { reason, gaps, events, processes, isEverybody }: GapSum,
  evidence: readonly Evidence[],
): Finding {
  const why = reason.replaceAll("_", " ");
  const whose = isEverybody ? "" : ` of ${counted(processes, "process", "processes")}`;
  const what = events === null ? "an unknown number of events" : counted(events, "event");
  return {
    id: `loss ${reason}`,
    severity: isLoss(reason) && reason !== "paused" ? "warning" : "notice",
    statement:
      reason === "truncated"
        ? `Values were cut in ${what}${whose}: they were larger than the payload limits`
        : `${capital(what)}${whose} ${events === 1 ? "is" : "are"} not in the recording: ${why}`,
    evidence:
      gaps > evidence.length
        ? [
            ...evidence,
            fact(`and ${counted(gaps - evidence.length, "shorter stretch", "shorter stretches")}`),
          ]
        : evidence,
    recommendation: RECOMMENDATIONS[reason] ?? null,
    limits: [],
  };
}

const RECOMMENDATIONS: Readonly<Record<string, string>> = {
  truncated: "Record with larger payload limits where the whole value matters.",
  dropped:
    "Trace fewer functions or processes, or raise the budget: more came than could be taken.",
  rate_limited: "Leave out what this process does most often, or raise its budget.",
};

async function stretches(source: Source, reason: string): Promise<readonly Evidence[]> {
  const rows = await select(
    source,
    sql`SELECT t_from, t_to, pid, count::DOUBLE, detail FROM ${gapRows(sql`reason = ${reason}`)}
      ORDER BY count DESC NULLS LAST, t_to - t_from DESC LIMIT ${MOST_STRETCHES}`,
  );
  return rows.map((row): Evidence => {
    const [t0, t1] = [asNumber(row[0]), asNumber(row[1])];
    const pid = asTextOrNull(row[2]);
    const count = asNumberOrNull(row[3]);
    const detail = asTextOrNull(row[4]);
    const parts = [
      `${timeText(t0)} to ${timeText(t1)}`,
      ...(pid === null ? [] : [pid]),
      ...(count === null ? [] : [counted(count, "event")]),
      ...(detail === null ? [] : [detail]),
    ];
    return { text: parts.join(", "), target: { kind: "range", t0, t1: Math.max(t1, t0 + 1), pid } };
  });
}

function planFinding(limit: string): Finding {
  return {
    id: `plan ${limit}`,
    severity: "notice",
    statement: capital(limit),
    evidence: [],
    recommendation: null,
    limits: [],
  };
}

function stopFinding(
  { code, message }: NonNullable<Source["manifest"]["stopped"]>,
  t: number,
): Finding {
  return {
    id: `stopped ${code}`,
    severity: "warning",
    statement: `The recording ended before it was asked to: ${message}`,
    evidence: [
      {
        text: `at ${timeText(t)}`,
        target: { kind: "range", t0: Math.max(0, t - 1e9), t1: t, pid: null },
      },
    ],
    recommendation: null,
    limits: [],
  };
}
