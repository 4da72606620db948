// Where time went: as a flame graph, by function, by process, along one request, and held against another
// stretch. All of it is about the selection, or what the timeline shows.

import { formatDuration, spanOf } from "@elixirscope/timeline";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { timeText } from "../../model/time-text.ts";
import { PanelNote } from "../../panels/panel-note.tsx";
import { useAskedRange, type AskedRange } from "./asked-range.ts";
import { CompareMode } from "./compare-mode.tsx";
import { FlameMode } from "./flame-mode.tsx";
import { FunctionsMode } from "./functions-mode.tsx";
import { modeOf, MODES, type Mode } from "./params.ts";
import { PathMode } from "./path-mode.tsx";
import "./performance.css";
import { ProcessesMode } from "./processes-mode.tsx";

const TITLES: Readonly<Record<Mode, readonly [title: string, hint: string]>> = {
  flame: ["Flame", "Calls below their callers, as wide as they took"],
  functions: ["Functions", "How long each function takes, and how that is spread"],
  processes: ["Processes", "Who is busy, who waits, whose mailbox fills"],
  path: ["Critical path", "What the time of one request was spent on, across processes"],
  compare: ["Compare", "Two stretches of time held against each other"],
};

export function PerformanceView(): JSX.Element {
  const { cinema } = useApp();
  const mode = modeOf(cinema.param("performance.mode").value);
  const range = useAskedRange();
  return (
    <div class="perf" data-mode={mode}>
      <div class="perf-bar" role="toolbar" aria-label="Performance">
        <div class="segmented" role="group" aria-label="What to look at">
          {MODES.map((name) => (
            <button
              key={name}
              type="button"
              title={TITLES[name][1]}
              aria-pressed={name === mode}
              onClick={() =>
                (cinema.param("performance.mode").value = name === "flame" ? "" : name)
              }
            >
              {TITLES[name][0]}
            </button>
          ))}
        </div>
        <span class="grow" />
        {mode !== "compare" && <RangeNote range={range.value} />}
      </div>
      <div class="perf-mode">
        {range.value === null ? (
          <PanelNote title="Loading the recording…" />
        ) : mode === "flame" ? (
          <FlameMode range={range} />
        ) : mode === "functions" ? (
          <FunctionsMode range={range} />
        ) : mode === "processes" ? (
          <ProcessesMode range={range} />
        ) : mode === "path" ? (
          <PathMode range={range} />
        ) : (
          <CompareMode range={range} />
        )}
      </div>
    </div>
  );
}

function RangeNote({ range }: { readonly range: AskedRange | null }): JSX.Element | null {
  const { cinema } = useApp();
  if (range === null) return null;
  const what = range.of === "selection" ? "Selection" : "In view";
  const title = `${what}: ${timeText(cinema, range.t0, 1000)} to ${timeText(cinema, range.t1, 1000)}. Shift + drag in the timeline selects another.`;
  return (
    <span class="range-note small tabular" title={title} data-range={`${range.t0}~${range.t1}`}>
      <span class="muted">{what}</span> <b>{formatDuration(spanOf(range))}</b>{" "}
      <span class="muted">from {timeText(cinema, range.t0, 1e6)}</span>
    </span>
  );
}
