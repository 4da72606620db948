// Races as text: what they are about and how often, and for each example who did what in which order.

import type { Race, RaceAccess, RaceExample, RaceView } from "@elixirscope/query";
import { noteLines } from "./note-lines.ts";
import { styled } from "./style.ts";
import { formatCount } from "./units.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 70;

export function raceText(view: RaceView, stream: NodeJS.WriteStream): string {
  const lines = view.races.flatMap((race) => raceLines(race, stream));
  if (view.more > 0) lines.push(`… ${view.more} more (--limit)`);
  const { requests, ets } = view.looked;
  const looked = `${formatCount(requests)} requests to shared servers and ${formatCount(ets)} ETS operations`;
  lines.push(`${counted(view.races.length + view.more, "race")} found in ${looked}`);
  lines.push(...noteLines(view.limits, stream));
  return lines.join("\n");
}

function raceLines(race: Race, stream: NodeJS.WriteStream): string[] {
  const { subject, read, write, happened, possible, confidence, examples } = race;
  const where =
    subject.kind === "ets"
      ? `the ETS table ${subject.table}`
      : `${subject.process.name ?? ""} ${subject.process.pid}`.trim();
  const inside = race.function === null ? "" : ` in ${race.function}`;
  const joint = race.kind === "lost_update" ? "then" : "and";
  const access = read === null ? write : `${read} ${joint} ${write}`;
  return [
    styled(stream, "bold", visible(`${KIND_TEXT[race.kind]}${inside}: ${access} of ${where}`)),
    `    happened ${times(happened)} in this recording; ${times(possible)} only timing kept it from happening` +
      (confidence === "exact" ? "" : ` (${confidence})`),
    ...examples.flatMap((example) => exampleLines(example, stream)),
    "",
  ];
}

const KIND_TEXT: Readonly<Record<Race["kind"], string>> = {
  lost_update: "lost update",
  write_write: "unordered writes",
  read_write: "unordered read and write",
};

function exampleLines(
  { happened, what, accesses }: RaceExample,
  stream: NodeJS.WriteStream,
): string[] {
  const head = `${happened ? "happened" : "possible"}: ${what}`;
  const pids = [...new Set(accesses.map(({ process }) => process.pid))];
  return [
    `    ${styled(stream, happened ? "red" : "yellow", visible(head))}`,
    ...accesses.map((access) => accessLine(access, pids.indexOf(access.process.pid), stream)),
  ];
}

/** Each process has its own column, so that one sees how they interleave. */
function accessLine(
  { kind, process, event, t, text, result, isLost }: RaceAccess,
  column: number,
  stream: NodeJS.WriteStream,
): string {
  const answer = kind === "read" && result !== null ? ` → ${result}` : "";
  const what = clipped(
    `${" ".repeat(4 * column)}${kind === "read" ? "reads" : "writes"} ${text}${answer}`,
    MOST_COLUMNS,
  );
  const lost = isLost ? styled(stream, "red", "  ← lost") : "";
  const id = styled(stream, "dim", `  event ${event}`);
  return `      ${(t / 1e9).toFixed(6)} s  ${process.pid.padEnd(12)}  ${what}${lost}${id}`;
}

function times(count: number): string {
  return count === 1 ? "once" : count === 0 ? "never" : `${formatCount(count)} times`;
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
