// What is missing from the recording: by reason, how much, in which stretches, and what that means.

import { formatDuration } from "@elixirscope/timeline";
import type { GapView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { MomentLink } from "../panels/moment-link.tsx";
import { waitingNote } from "../panels/panel-note.tsx";
import { useApp } from "./app-context.ts";
import { CloseButton, Dialog } from "./dialog.tsx";
import { lossWords } from "./loss-words.ts";
import { useLoader } from "./use-loader.ts";

const MOST_SHOWN = 4;

export function LossPanel(): JSX.Element {
  return (
    <Dialog overlay="loss" name="What is missing from this recording">
      <LossContent />
    </Dialog>
  );
}

function LossContent(): JSX.Element {
  const { cinema } = useApp();
  const loaded = useLoader("gaps", () => ({ subject: "", params: cinema.bounds.value }));
  const { plan } = cinema.info.value?.manifest ?? {};
  const notAsked = [
    plan?.messages === false ? "messages" : "",
    plan?.state === false ? "states" : "",
    plan?.lifecycle === false ? "spawns, links and exits" : "",
    plan?.arguments === false ? "arguments" : "",
  ].filter((what) => what !== "");
  return (
    <div class="loss-content">
      <h2>What is missing from this recording</h2>
      <p class="muted">
        <b>Not recorded</b> means that something may well have happened, but is not here; such
        stretches are hatched in the timeline. Where nothing is hatched and nothing is drawn, none
        of what was recorded for <b>happened</b>.
      </p>
      {waitingNote(loaded, "gaps") ?? <Reasons gaps={loaded.value ?? []} />}
      <h3>Never asked for</h3>
      <p class="small">
        {notAsked.length > 0 && (
          <>This recording was made without {notAsked.join(", ")}. They are not recorded at all. </>
        )}
        Of functions only those of the plan were watched
        {plan !== undefined && plan.selectors.length > 0 && (
          <>
            : <span class="mono">{plan.selectors.slice(0, 12).join(", ")}</span>
            {plan.selectors.length > 12 ? " …" : ""}
          </>
        )}
        . Calls of others are not recorded, which does not say that they were not called.
      </p>
      <div class="dialog-foot">
        <CloseButton />
      </div>
    </div>
  );
}

type Reason = {
  readonly reason: string;
  readonly gaps: readonly GapView[];
  /** null: nobody counted */
  readonly events: number | null;
  readonly ns: number;
};

function Reasons({ gaps }: { readonly gaps: readonly GapView[] }): JSX.Element {
  const { cinema, overlay } = useApp();
  const counted = cinema.info.value?.manifest.loss ?? {};
  const reasons = byReason(gaps, counted);
  if (reasons.length === 0) {
    return <p class="loss-none">No event is known to be missing.</p>;
  }
  return (
    <ul class="loss-reasons" aria-label="Reasons">
      {reasons.map(({ reason, gaps: own, events, ns }) => {
        const words = lossWords(reason);
        return (
          <li key={reason}>
            <h3>
              {words.title}
              <span class="tabular">
                {events === null ? "not counted" : `${events.toLocaleString("en")} events`}
                {own.length > 0 &&
                  ` in ${own.length.toLocaleString("en")} ${own.length === 1 ? "stretch" : "stretches"}, ${formatDuration(ns)} in all`}
              </span>
            </h3>
            <p>
              {words.meaning}
              {words.remedy !== null && <span class="muted"> {words.remedy}</span>}
            </p>
            {own.length > 0 && (
              <p class="small places" onClickCapture={() => (overlay.value = null)}>
                {own.slice(0, MOST_SHOWN).map((gap) => (
                  <span key={`${gap.t0} ${gap.pid ?? ""}`}>
                    <MomentLink t={gap.t0} pid={gap.pid} /> for {formatDuration(gap.t1 - gap.t0)}
                    {gap.pid === null ? " in all processes" : ` in ${gap.pid}`}
                    {gap.detail === null ? "" : ` (${gap.detail})`}
                  </span>
                ))}
                {own.length > MOST_SHOWN && (
                  <span class="muted">and {own.length - MOST_SHOWN} more, the longest first</span>
                )}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function byReason(
  gaps: readonly GapView[],
  counted: Readonly<Record<string, number>>,
): readonly Reason[] {
  const names = new Set(gaps.map(({ reason }) => reason));
  for (const [reason, n] of Object.entries(counted)) if (n > 0) names.add(reason);
  return [...names].map((reason) => {
    const own = gaps
      .filter((gap) => gap.reason === reason)
      .toSorted((a, b) => b.t1 - b.t0 - (a.t1 - a.t0));
    const counts = own.flatMap(({ count }) => (count === null ? [] : [count]));
    const inGaps = counts.length === 0 ? null : counts.reduce((sum, n) => sum + n, 0);
    const events = counted[reason] ?? inGaps;
    return { reason, gaps: own, events, ns: own.reduce((sum, gap) => sum + gap.t1 - gap.t0, 0) };
  });
}
