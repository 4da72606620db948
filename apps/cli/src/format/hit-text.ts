// Hits of `find` as text: one line each with when, where and in which process, the values below.

import type { FindResult, Hit } from "@elixirscope/query";
import { formatCount } from "./units.ts";
import { styled } from "./style.ts";
import { visible } from "./visible.ts";

const MOST_COLUMNS = 120;

export function hitText(hit: Hit, stream: NodeJS.WriteStream): string {
  const { t, event, pid, mfa, file, line, trigger, values } = hit;
  const at = file === null ? "" : `${file}:${line ?? "?"}: `;
  const where = visible(`${at}${mfa ?? trigger}`);
  const time = `${(t / 1e9).toFixed(6)} s`;
  const head = `${styled(stream, "bold", time)}  ${visible(pid)}  ${styled(stream, "cyan", where)}  ${styled(stream, "dim", `${trigger}, event ${event}`)}`;
  const lines = Object.entries(values).map(([name, text]) => `    ${visible(name)} = ${cut(text)}`);
  return [head, ...lines].join("\n");
}

/** What was found in all, and what the answer does not know of. */
export function hitSummary({ hits, more, counters, notes }: FindResult): readonly string[] {
  const { asked, unknown, raised, firstRaised } = counters;
  const found = `${formatCount(hits.length)} hit${hits.length === 1 ? "" : "s"}${more ? ", there are more (--limit)" : ""}`;
  const said = [`${found}; asked ${formatCount(asked)} times`];
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

function cut(text: string): string {
  const shown = visible(text);
  return shown.length > MOST_COLUMNS ? `${shown.slice(0, MOST_COLUMNS - 1)}…` : shown;
}
