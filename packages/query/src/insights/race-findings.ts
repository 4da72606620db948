// Races as findings: what went wrong by luck comes before what only went well by luck.

import type { Evidence, Finding, Findings, Params } from "@elixirscope/wire";
import { timeText } from "../names.ts";
import type { Race, RaceAccess } from "../races/race-view.ts";
import { races } from "../races/races.ts";
import type { Source } from "../sql.ts";
import { cannotTell, counted, fact, findingsOf } from "./finding.ts";

const MOST_ACCESSES = 5;

export async function raceFindings(
  source: Source,
  { limit }: Params<"raceFindings">,
): Promise<Findings> {
  if (!source.manifest.plan.messages) {
    return cannotTell("Messages were not recorded, so accesses cannot be told apart.", "nothing");
  }
  const { races: found, more, looked, limits } = await races(source, { limit });
  const seen = `${counted(looked.requests, "request")} to servers, ${counted(looked.ets, "access", "accesses")} of ETS`;
  if (found.length === 0 && looked.requests + looked.ets === 0) {
    return cannotTell(
      "No request to a server with recorded states and no access of ETS was recorded.",
      seen,
      limits,
    );
  }
  return findingsOf(found.map(findingOf), limit, { more, looked: seen, limits });
}

function times(n: number): string {
  return counted(n, "time");
}

function findingOf(race: Race): Finding {
  const { kind, subject, happened, possible, confidence } = race;
  const through =
    subject.kind === "server"
      ? (subject.process.name ?? subject.process.pid)
      : `the ETS table ${subject.table}`;
  const first = race.examples[0]?.accesses[0];
  const code = race.function ?? first?.function ?? first?.process.name ?? "a process";
  const did =
    kind === "lost_update"
      ? `${code} reads from ${through} and writes back in another step`
      : `${code} and others access ${through} with nothing that orders them`;
  const outcome =
    happened > 0
      ? `an update was lost ${times(happened)}, and ${times(possible)} only timing saved it`
      : `it went well ${times(possible)} only by timing`;
  return {
    id: `race ${kind} ${through} ${race.read ?? ""} ${race.write}`,
    severity: happened > 0 ? "critical" : "warning",
    statement: `${did}: ${kind === "lost_update" || happened === 0 ? outcome : `it went wrong ${times(happened)}`}`,
    evidence: [...patterns(race), ...example(race)],
    recommendation: recommendation(race, through),
    limits:
      confidence === "exact"
        ? []
        : [`${confidence}: told from requests and replies, not from states`],
  };
}

function patterns({ read, write }: Race): readonly Evidence[] {
  return [
    fact(read === null ? `writes with ${write}` : `reads with ${read}, writes with ${write}`),
  ];
}

function example({ examples }: Race): readonly Evidence[] {
  const [first] = examples;
  if (first === undefined) return [];
  const shown = first.accesses.slice(0, MOST_ACCESSES).map((access): Evidence => ({
    text: accessText(access),
    target: { kind: "event", event: access.event },
  }));
  return [
    fact(
      `${first.happened ? "As it went wrong" : "As it could have gone wrong"} with ${first.what}:`,
    ),
    ...shown,
  ];
}

function accessText({ kind, process, t, text, result, isLost }: RaceAccess): string {
  const what = kind === "read" && result !== null ? `${text} gave ${result}` : text;
  return `${timeText(t)} ${process.pid} ${kind}s ${what}${isLost ? ", which is lost" : ""}`;
}

function recommendation({ kind, subject }: Race, through: string): string {
  if (subject.kind === "ets") {
    return kind === "lost_update"
      ? "Change the value in one operation (:ets.update_counter/3, :ets.select_replace/2), or let one process own the key."
      : "Let one process own the key, or make the accesses independent of their order.";
  }
  return `Read and write in one request: ${through} handles one request at a time, so nobody comes in between.`;
}
