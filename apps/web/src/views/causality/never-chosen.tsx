// Clauses that no recorded call took although their function ran; first those that a clause before them shadows.

import type { NeverChosen } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { retold } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { CodeLink } from "./code-link.tsx";

const LIMIT = 200;

export function NeverChosenList(): JSX.Element | null {
  const { cinema } = useApp();
  const loaded = useLoader(
    "neverChosen",
    () => ({ subject: "all", params: { limit: LIMIT } }),
    "still",
  );
  const view = loaded.value;
  if (view === null) return waitingNote(loaded, "clauses that nothing took");
  if (view.functions === 0) {
    return (
      <PanelNote title="This cannot be told">
        No function with several clauses could be looked at.{" "}
        {retold(cinema, view.limits.join(". "))}
      </PanelNote>
    );
  }
  return (
    <article class="clauses" aria-label="Clauses that were never chosen">
      <p class="small muted">
        {view.clauses.length === 0
          ? "Every clause that was looked at was chosen at least once."
          : `${view.clauses.length} clauses were not chosen by any recorded call.`}{" "}
        {view.functions.toLocaleString("en")} functions with several clauses were looked at.
      </p>
      <ul class="clause-list">
        {view.clauses.map((clause) => (
          <li
            key={`${clause.mfa} ${clause.kind} ${clause.line} ${clause.clause}`}
            class={isSurprise(clause) ? "clause surprise" : "clause"}
          >
            <p class="clause-head">
              <span class={isSurprise(clause) ? "verdict surprise" : "verdict skipped"}>
                {isSurprise(clause) ? "shadowed" : "not chosen"}
              </span>
              <code class="mono clip" title={clause.text ?? undefined}>
                {clause.text ?? `clause ${clause.clause + 1}`}
              </code>
              <CodeLink file={clause.file} line={clause.line} />
            </p>
            <p class="clause-why small muted">{wordsOf(clause)}</p>
          </li>
        ))}
      </ul>
      <Limits limits={view.limits} />
    </article>
  );
}

function isSurprise({ evaluation }: NeverChosen): boolean {
  return evaluation !== null && evaluation.shadowed > 0 && evaluation.isNarrower;
}

function wordsOf(clause: NeverChosen): string {
  const { mfa, kind, times, siblings, evaluation } = clause;
  const of = kind === "function_clause" ? mfa : `${kind.replace(/_clause$/, "")} in ${mfa}`;
  const ran = `clause ${clause.clause + 1} of ${of}, which ran ${times.toLocaleString("en")} times`;
  const counted = siblings === null ? "" : ` (by clause: ${siblings.join(", ")})`;
  if (evaluation === null) return `${ran}${counted}`;
  const { sampled, shadowed, by, isNarrower, unknown } = evaluation;
  const taken = by.map((one) => `clause ${one + 1}`).join(", ");
  const would =
    shadowed === 0
      ? `none of ${sampled} sampled calls would have matched it`
      : `${shadowed} of ${sampled} sampled calls would have matched it, but ${taken} took them first${isNarrower ? ": the special clause stands behind a general one" : ""}`;
  const open = unknown === 0 ? "" : `; of ${unknown} it cannot be told`;
  return `${ran}${counted}; ${would}${open}`;
}
