// Which moment is shown, how much is in it, and what of it is not recorded.

import { formatDuration, type SizeBy } from "@elixirscope/timeline";
import type { GapView, SystemNode, SystemView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { timeText } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { stretchText, type Stretch } from "./stretch.ts";
import { countText, rateText } from "./system-text.ts";

export function SystemStatus({
  view,
  stretch,
  by,
}: {
  readonly view: SystemView;
  readonly stretch: Stretch;
  readonly by: SizeBy;
}): JSX.Element {
  const { cinema } = useApp();
  const text = stretchText(stretch, (t) => timeText(cinema, t, 1_000));
  const notes = [
    ...view.gaps.map((gap) => gapLine(gap, timeText(cinema, gap.t0, 1_000_000))),
    ...view.limits,
  ];
  const [first] = notes;
  return (
    <div class="system-status small">
      <span class="clip" title={text} data-system-stretch>
        {text}
      </span>
      <span class="tabular" data-system-processes>
        {countText(view.processes, "process", "processes")}
        {view.dead > 0 && <span class="muted">, {view.dead.toLocaleString("en")} ended</span>}
      </span>
      <span class="tabular" data-system-messages>
        {countText(view.messages, "message")}
        <span class="muted"> {rateText(view.messages, view.t1 - view.t0)}</span>
      </span>
      {view.groups > 0 && (
        <span class="muted" title="Click a group to draw its processes apart" data-system-grouped>
          {view.grouped.toLocaleString("en")} in {countText(view.groups, "group")}
        </span>
      )}
      {view.undrawn > 0 && (
        <span class="muted" title="Pairs beyond the busiest ones have no line">
          {view.undrawn.toLocaleString("en")} without a line
        </span>
      )}
      {by === "mailbox" && (
        <span class="muted">mailboxes at {timeText(cinema, stretch.at, 1_000)}</span>
      )}
      {by === "reductions" && <Work nodes={view.nodes} />}
      {first !== undefined && (
        <details class="system-notes">
          <summary title={first}>
            <Icon name="warning" />
            <span class="clip">{first}</span>
            {notes.length > 1 && <b class="tabular">+{notes.length - 1}</b>}
          </summary>
          <Limits limits={notes} />
        </details>
      )}
    </div>
  );
}

/** Reductions are read about once a second: what a short stretch had of them is a mean around it. */
function Work({ nodes }: { readonly nodes: readonly SystemNode[] }): JSX.Element {
  const known = nodes.filter(({ reductions }) => reductions !== null).length;
  if (known === 0) {
    return (
      <span class="warning-text">Reductions of processes are not recorded: all of one size</span>
    );
  }
  return (
    <span
      class="muted"
      title="Nodes whose reductions are known; of the others too few readings were recorded"
    >
      reductions/s of {known.toLocaleString("en")} of {nodes.length.toLocaleString("en")}
    </span>
  );
}

/** `not recorded 0:00.600 – 0:00.650: dropped (1,234 events)` */
function gapLine({ t0, t1, reason, count, pid, detail }: GapView, from: string): string {
  const who = pid === null ? "" : ` of ${pid}`;
  const events = count === null ? "" : ` (${count.toLocaleString("en")} events)`;
  const more = detail === null ? "" : `, ${detail}`;
  const length = formatDuration(t1 - t0);
  return `not recorded at ${from}, ${length}${who}: ${reason.replaceAll("_", " ")}${events}${more}`;
}
