// Who did what to the session, newest first; a time leads to that moment of the recording.

import type { AuditView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { timeText } from "../../model/time-text.ts";
import { countText } from "../../model/amounts.ts";
import { MomentLink } from "../moment-link.tsx";

const WORDS: Readonly<Record<string, string>> = {
  start: "started",
  stop: "stopped",
  add_functions: "added functions",
  remove_functions: "removed functions",
  add_processes: "added processes",
  remove_processes: "removed processes",
  deepen: "looked inside",
  shallow: "gave code back",
  sampling: "changed sampling",
  budgets: "changed budgets",
  pause: "paused",
  resume: "resumed",
};

const WHO: Readonly<Record<AuditView["who"], string>> = {
  page: "From a page",
  cli: "From the command line",
  session: "By itself",
};

export function AuditList(props: {
  readonly audit: readonly AuditView[];
  readonly more: number;
}): JSX.Element {
  const { cinema } = useApp();
  const { audit, more } = props;
  return (
    <section class="section">
      <h3>Audit</h3>
      {audit.length === 0 ? (
        <p class="muted small">
          No audit was kept: the recording is of an older version, of a command, or was imported.
        </p>
      ) : (
        <ol class="audit" aria-label="Audit">
          {audit.map((entry, i) => (
            <li key={`${entry.t} ${i}`} class={entry.outcome}>
              <MomentLink t={entry.t}>{timeText(cinema, entry.t, 1e6)}</MomentLink>
              <span class="tag" title={WHO[entry.who]}>
                {entry.who}
              </span>
              <span class="audit-what">
                {WORDS[entry.action] ?? entry.action} <span class="mono">{entry.subject}</span>
                {entry.detail !== "" && <span class="muted"> {entry.detail}</span>}
              </span>
              <span class="audit-outcome">{entry.outcome}</span>
            </li>
          ))}
        </ol>
      )}
      {more > 0 && (
        <p class="muted small">{countText(more)} older entries: select * from audit order by t</p>
      )}
    </section>
  );
}
