// What the analyses found, as cards in groups. Each group has its own state: waiting, running, failed, nothing found, or
// not to be told from what was recorded.

import { formatDuration } from "@elixirscope/timeline";
import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { analysesOf, type Analyses, type Run } from "./analyses.ts";
import { FindingCard } from "./finding-card.tsx";
import { GROUPS, type Group } from "./groups.ts";
import "./insights.css";

export function InsightsView(): JSX.Element {
  const { cinema } = useApp();
  const analyses = analysesOf(cinema);
  const chosen = cinema.param("insights.group");
  const list = useRef<HTMLDivElement>(null);
  const left = GROUPS.filter(({ analysis }) => isUnderWay(analyses.runs[analysis].value)).length;
  const isBusy = left > 0;
  const show = (name: string): void => {
    chosen.value = name;
    reveal(list.current, name);
  };
  useEffect(() => {
    if (chosen.peek() !== "") reveal(list.current, chosen.peek());
  }, []);
  return (
    <div class="insights">
      <nav class="insight-nav" aria-label="Groups of findings">
        <ul>
          {GROUPS.map(({ analysis, short, title, hint }) => (
            <li key={analysis}>
              <button
                type="button"
                title={`${title}: ${hint}`}
                aria-current={chosen.value === nameOf(analysis) ? "true" : undefined}
                onClick={() => show(nameOf(analysis))}
              >
                <span class="clip">{short}</span>
                <Count run={analyses.runs[analysis].value} />
              </button>
            </li>
          ))}
        </ul>
        {isBusy && <Progress done={GROUPS.length - left} />}
        <button
          type="button"
          class="button"
          disabled={isBusy}
          title="Look at the whole recording again"
          onClick={() => analyses.run(GROUPS.map(({ analysis }) => analysis))}
        >
          {isBusy ? "Looking…" : "Look again"}
        </button>
      </nav>
      <div ref={list} class="insight-list">
        {GROUPS.map((group) => (
          <GroupOf
            key={group.analysis}
            group={group}
            run={analyses.runs[group.analysis]}
            again={analyses.run}
          />
        ))}
      </div>
    </div>
  );
}

function Progress({ done }: { readonly done: number }): JSX.Element {
  return (
    <p class="insight-progress small muted" role="status">
      <progress max={GROUPS.length} value={done} aria-label="Kinds of findings looked for" />
      {done} of {GROUPS.length} kinds looked for
    </p>
  );
}

/** `crashes` of `crashFindings`, as it is in the address. */
function nameOf(analysis: string): string {
  return analysis.replace(/Findings$/, "");
}

/** scrollIntoView would also scroll what the view lies in. */
function reveal(list: HTMLDivElement | null, name: string): void {
  const section = list?.querySelector<HTMLElement>(`[data-group="${CSS.escape(name)}"]`);
  if (list === null || section === null || section === undefined) return;
  list.scrollTop = section.offsetTop;
}

function isUnderWay({ kind }: Run): boolean {
  return kind === "waiting" || kind === "running";
}

function Count({ run }: { readonly run: Run }): JSX.Element {
  if (run.kind === "waiting") return <span class="count muted">waits</span>;
  if (run.kind === "running") return <span class="count muted">…</span>;
  if (run.kind === "failed") return <span class="count error">failed</span>;
  const { findings, more, unknown } = run.found;
  if (unknown !== null) {
    return (
      <span class="count warning-text" title={unknown}>
        unknown
      </span>
    );
  }
  const worst = findings[0]?.severity ?? "none";
  return (
    <span class={`count tabular ${worst}`}>{(findings.length + more).toLocaleString("en")}</span>
  );
}

function GroupOf(props: {
  readonly group: Group;
  readonly run: Signal<Run>;
  readonly again: Analyses["run"];
}): JSX.Element {
  const { group, again } = props;
  const run = props.run.value;
  return (
    <section
      class="insight-group"
      aria-label={group.title}
      aria-busy={isUnderWay(run)}
      data-group={nameOf(group.analysis)}
    >
      <header>
        <h3 title={group.hint}>{group.title}</h3>
        {run.kind === "done" && (
          <span class="muted small">
            {run.found.looked} · {formatDuration(run.tookMs * 1e6)}
          </span>
        )}
        {run.kind === "done" && <Behind events={run.events} />}
        <span class="grow" />
        {!isUnderWay(run) && (
          <button
            type="button"
            class="why-button"
            aria-label={`Look again for: ${group.title}`}
            onClick={() => again([group.analysis])}
          >
            Again
          </button>
        )}
      </header>
      <Outcome group={group} run={run} />
    </section>
  );
}

/** A live recording goes on after an analysis: what is new is not in it. */
function Behind({ events }: { readonly events: number }): JSX.Element | null {
  const { cinema } = useApp();
  const more = (cinema.status.value?.events ?? 0) - events;
  if (!cinema.live.value || more <= 0) return null;
  return (
    <span class="small warning-text">{more.toLocaleString("en")} newer events not looked at</span>
  );
}

function Outcome(props: { readonly group: Group; readonly run: Run }): JSX.Element {
  const { group, run } = props;
  if (run.kind === "waiting") return <p class="muted small">Waits for the ones before it.</p>;
  if (run.kind === "running") return <Running since={run.since} />;
  if (run.kind === "failed") {
    return (
      <p class="error small" role="alert">
        This analysis failed: {run.message}
      </p>
    );
  }
  const { findings, more, unknown, limits } = run.found;
  return (
    <>
      {unknown !== null && (
        <p class="small insight-none unknown">
          <b>This cannot be told.</b> {unknown}
        </p>
      )}
      {unknown === null && findings.length === 0 && (
        <p class="small insight-none">
          <b>Nothing found.</b> {group.none}
        </p>
      )}
      <ul class="finding-list">
        {findings.map((finding) => (
          <FindingCard key={finding.id} finding={finding} />
        ))}
      </ul>
      {more > 0 && (
        <p class="muted small">{more.toLocaleString("en")} more findings are not listed.</p>
      )}
      <Limits limits={limits} />
    </>
  );
}

function Running({ since }: { readonly since: number }): JSX.Element {
  const seconds = useSignal(0);
  useEffect(() => {
    const tick = (): void => {
      seconds.value = Math.floor((performance.now() - since) / 1000);
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <p class="muted small" role="status">
      <span class="spinner" aria-hidden="true" /> Looking at the recording
      {seconds.value >= 1 ? `, ${seconds.value} s so far` : "…"}
    </p>
  );
}
