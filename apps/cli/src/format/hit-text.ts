// What `find` found as text: a line each with when, where and in which process, the values below.

import type { CodePlace, FindResult, Hit, Sighting, ValueResult } from "@elixirscope/query";
import { formatCount } from "./units.ts";
import { styled } from "./style.ts";
import { clipped, visible } from "./visible.ts";

const MOST_COLUMNS = 120;

export function hitText(hit: Hit, stream: NodeJS.WriteStream): string {
  const { t, event, pid, mfa, trigger, values } = hit;
  const head = headOf(
    t,
    pid,
    `${placeOf(hit)}${mfa ?? trigger}`,
    `${trigger}, event ${event}`,
    stream,
  );
  const lines = Object.entries(values).map(
    ([name, text]) => `    ${visible(name)} = ${clipped(text, MOST_COLUMNS)}`,
  );
  return [head, ...lines].join("\n");
}

export function sightingText(sighting: Sighting, stream: NodeJS.WriteStream): string {
  const { t, event, pid, kind, where, mfa, to } = sighting;
  const receiver = to === null ? "" : ` to ${to}`;
  const what = `${kind}${receiver}${where === "" ? "" : ` ${where}`}, event ${event}`;
  return headOf(t, pid, `${placeOf(sighting)}${mfa ?? kind}`, what, stream);
}

export function placeText(
  { file, line, column, text, sites, exact }: CodePlace,
  stream: NodeJS.WriteStream,
): string {
  const note = sites.length === 0 ? "  (not instrumented)" : exact ? "" : "  (its lines)";
  const code = text === "" ? "" : `  ${clipped(text, MOST_COLUMNS)}`;
  return styled(stream, "dim", `${visible(`${file}:${line}:${column}`)}${code}${note}`);
}

function headOf(
  t: number,
  pid: string,
  where: string,
  what: string,
  stream: NodeJS.WriteStream,
): string {
  const time = styled(stream, "bold", `${(t / 1e9).toFixed(6)} s`);
  const place = styled(stream, "cyan", visible(where));
  return `${time}  ${visible(pid)}  ${place}  ${styled(stream, "dim", visible(what))}`;
}

function placeOf({
  file,
  line,
}: {
  readonly file: string | null;
  readonly line: number | null;
}): string {
  return file === null ? "" : `${file}:${line ?? "?"}: `;
}

/** What was found in all, and what the answer does not know of. */
export function hitSummary({ hits, more, counters, notes }: FindResult): readonly string[] {
  const { asked, unknown, raised, firstRaised } = counters;
  const said = [
    `${counted(hits.length, "hit")}${moreText(more)}${asked === 0 ? "" : `; asked ${formatCount(asked)} times`}`,
  ];
  if (unknown > 0) {
    said.push(`${formatCount(unknown)} times it cannot be known: values were cut or not recorded`);
  }
  if (raised > 0) {
    said.push(
      `${formatCount(raised)} times it would have raised, first: ${visible(firstRaised ?? "")}`,
    );
  }
  return [...said, ...notes.map(visible)];
}

export function valueSummary(result: ValueResult, stream: NodeJS.WriteStream): readonly string[] {
  const { sightings, more, origin, elsewhere, looked, unknown, notes } = result;
  const said = [
    `${counted(sightings.length, "sighting")}${moreText(more)} in ${formatCount(looked)} values`,
  ];
  if (elsewhere > 0) said.push(`seen ${formatCount(elsewhere)} times elsewhere before`);
  const [first] = sightings;
  if (origin !== null && origin.event !== first?.event) {
    said.push(`first seen: ${sightingText(origin, stream)}`);
  }
  if (unknown > 0) {
    said.push(`${formatCount(unknown)} values were cut: it may have been in them`);
  }
  return [...said, ...notes.map(visible)];
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function moreText(more: boolean): string {
  return more ? ", there are more (--limit)" : "";
}
