// Crashes that are alike are one finding: the same process by name, ended with the same reason.

import type { Crash, CrashView, Evidence, Finding, Findings, Params } from "@elixirscope/wire";
import { crashes } from "../causality/crashes.ts";
import { why } from "../causality/why.ts";
import { timeText } from "../names.ts";
import type { Source } from "../sql.ts";
import { atEvent, cannotTell, counted, fact, findingsOf } from "./finding.ts";

const MOST_CRASHES = 500;
/** Groups of which one crash is told in full: that takes most of the time. */
const MOST_TOLD = 6;
const MOST_LISTED = 4;

export async function crashFindings(
  source: Source,
  { limit }: Params<"crashFindings">,
): Promise<Findings> {
  if (!source.manifest.plan.lifecycle) {
    return cannotTell("Ends of processes were not recorded, so no crash can be seen.", "nothing");
  }
  const { crashes: all, searched, isAll } = await crashes(source, MOST_CRASHES);
  const groups = [...alike(all).values()].toSorted((a, b) => b.length - a.length);
  const findings: Finding[] = [];
  for (const group of groups.slice(0, limit)) {
    const [latest] = group;
    if (latest === undefined) continue;
    const told = findings.length < MOST_TOLD ? await why(source, latest.event) : null;
    findings.push(findingOf(group, latest, told?.kind === "crash" ? told : null));
  }
  return findingsOf(findings, limit, {
    more: Math.max(0, groups.length - limit),
    looked: `${counted(searched, "end")} of processes`,
    limits: isAll
      ? []
      : [`only the latest ${counted(searched, "end")} of processes were looked at`],
  });
}

function alike(all: readonly Crash[]): ReadonlyMap<string, readonly Crash[]> {
  const groups = new Map<string, Crash[]>();
  for (const crash of all) {
    const key = `${crash.process.name ?? crash.process.pid} ${crash.reason}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [crash]);
    else group.push(crash);
  }
  return groups;
}

function findingOf(group: readonly Crash[], latest: Crash, told: CrashView | null): Finding {
  const who = latest.process.name ?? latest.process.pid;
  const error = told?.failure.error ?? latest.reason;
  const times = group.length === 1 ? "once" : `${group.length.toLocaleString("en")} times`;
  return {
    id: `crash ${who} ${latest.reason}`,
    severity: "critical",
    statement: `${who} crashed ${times}: ${error}`,
    evidence: [...toldEvidence(told), ...listed(group)],
    recommendation: told === null ? null : recommendation(told),
    limits: told?.limits ?? [],
  };
}

function toldEvidence(told: CrashView | null): readonly Evidence[] {
  if (told === null) return [];
  const { failure, message, restart, deaths } = told;
  const evidence: Evidence[] = [];
  if (failure.mfa !== null) {
    const given = failure.arguments === null ? "" : ` with ${failure.arguments}`;
    evidence.push(atEvent(`failed in ${failure.mfa}${given}`, failure.event));
  }
  if (failure.file !== null && failure.line !== null) {
    const { file, line } = failure;
    evidence.push({ text: `${file}:${line}`, target: { kind: "code", file, line } });
  }
  if (message !== null) {
    const from = message.from === null ? "" : ` from ${message.from.name ?? message.from.pid}`;
    evidence.push(atEvent(`while it handled ${message.text}${from}`, message.event));
  }
  if (restart !== null) {
    const text = `${restart.by.name ?? restart.by.pid} started ${restart.process.pid} in its place`;
    evidence.push(restart.event === null ? fact(text) : atEvent(text, restart.event));
  }
  const died = deaths.filter(({ fate }) => fate === "died").length;
  if (died > 0)
    evidence.push(fact(`${counted(died, "linked process", "linked processes")} died of it`));
  return evidence;
}

function listed(group: readonly Crash[]): readonly Evidence[] {
  const shown = group.slice(0, MOST_LISTED).map((crash): Evidence => ({
    text: `${crash.process.pid} ended at ${timeText(crash.t)}`,
    target: { kind: "causes", event: crash.event },
  }));
  const rest = group.length - shown.length;
  return rest > 0 ? [...shown, fact(`and ${rest.toLocaleString("en")} before`)] : shown;
}

/** Only what the facts say: a function without a clause for what it was given. */
function recommendation({ failure, message }: CrashView): string | null {
  const { mfa, error, arguments: given } = failure;
  if (mfa === null || given === null || !error.startsWith("** (FunctionClauseError)")) return null;
  const sender = message?.from?.name ?? null;
  const sent = sender === null ? "" : `, or keep ${sender} from sending it`;
  return `No clause of ${mfa} takes ${given}: add one that does${sent}.`;
}
