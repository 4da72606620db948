// One finding: how bad, one sentence, what proves it with links to it, what limits it, what follows.

import type { Evidence, Finding, FindingTarget } from "@elixirscope/wire";
import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import type { Cinema } from "../../model/cinema.ts";
import { retold } from "../../model/time-text.ts";
import { openCode, openEvent } from "../../panels/go-to.ts";
import { askWhy } from "../../panels/go-why.tsx";
import { Limits } from "../../panels/limits-note.tsx";

const SEVERITY: Readonly<Record<Finding["severity"], string>> = {
  critical: "went wrong",
  warning: "risk",
  notice: "notice",
};

export function FindingCard({ finding }: { readonly finding: Finding }): JSX.Element {
  const { cinema } = useApp();
  const { id, severity, statement, evidence, recommendation, limits } = finding;
  // an error of the target may tell a time of its own
  const quotes = id.startsWith("crash ");
  return (
    <li class={`finding ${severity}`}>
      <p class="finding-head">
        <span class={`severity ${severity}`}>{SEVERITY[severity]}</span>
        <b>{quotes ? statement : retold(cinema, statement)}</b>
      </p>
      {evidence.length > 0 && (
        <ul class="evidence small" aria-label="Evidence">
          {evidence.map((one, i) => (
            <li key={`${i} ${one.text}`}>
              <Proof evidence={one} />
            </li>
          ))}
        </ul>
      )}
      {recommendation !== null && (
        <p class="small recommendation">
          <span class="muted">What follows: </span>
          {recommendation}
        </p>
      )}
      <Limits limits={limits} />
      <p class="ai-place small" aria-label="AI explanation">
        AI explanation: no AI provider is configured.
      </p>
    </li>
  );
}

const TITLES: Readonly<Record<FindingTarget["kind"], string>> = {
  event: "Move the cursor to this event",
  causes: "What led to this, in the Causality view",
  range: "Select this stretch of time",
  process: "Select this process",
  code: "Open this place in the Code view",
  never_chosen: "The list of such clauses in the Causality view",
};

function Proof({ evidence }: { readonly evidence: Evidence }): JSX.Element {
  const { cinema } = useApp();
  const { text, target } = evidence;
  const words = retold(cinema, text);
  if (target === null) return <span>{words}</span>;
  return (
    <button
      type="button"
      class="inline-link"
      title={TITLES[target.kind]}
      onClick={() => follow(cinema, target)}
    >
      {words}
    </button>
  );
}

function follow(cinema: Cinema, target: FindingTarget): void {
  batch(() => {
    switch (target.kind) {
      case "event":
        openEvent(cinema, target.event);
        return;
      case "causes":
        askWhy(cinema, { kind: "causes", event: target.event });
        void cinema.goToEvent(target.event);
        return;
      case "range":
        cinema.selection.value = { t0: target.t0, t1: target.t1 };
        cinema.goTo({ t: target.t0, event: null, pid: target.pid });
        return;
      case "process":
        cinema.select(target.pid);
        if (target.t !== null) cinema.goTo({ t: target.t, event: null, pid: target.pid });
        return;
      case "code":
        openCode(cinema, target.file, target.line);
        return;
      case "never_chosen":
        cinema.param("causality.mode").value = "clauses";
        cinema.param("causality.show").value = "never";
        cinema.main.value = "causality";
        return;
    }
  });
}
