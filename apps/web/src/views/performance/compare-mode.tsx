// Two stretches of time, or two recordings, held against each other: the functions whose own time per second changed most, and of
// the chosen one what its calls have more or less of.

import { formatDuration, spanOf } from "@elixirscope/timeline";
import { rangeText, type FunctionChange, type TimeRange } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { timeText } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { durationText, rateText } from "./amounts.ts";
import type { ModeProps } from "./asked-range.ts";
import { CallComparisonPane } from "./call-comparison.tsx";
import { isCompared, useComparison } from "./compared.ts";
import { Mfa } from "./mfa.tsx";
import { OtherRecording } from "./other-recording.tsx";
import { rangeOf } from "./params.ts";

export function CompareMode({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const [a, b] = [cinema.param("performance.a"), cinema.param("performance.b")];
  const chosen = cinema.param("performance.changed");
  const other = cinema.param("performance.with");
  const loaded = useComparison(cinema);
  const isReady = isCompared(cinema);
  const isOfTwo = other.value !== "";
  const swap = (): void => {
    [a.value, b.value] = [b.value, a.value];
  };
  return (
    <>
      <div class="perf-tools" role="toolbar" aria-label="What is compared">
        <Side name="A" text={a.value} range={range.value} onPin={(text) => (a.value = text)} />
        <button
          type="button"
          class="button"
          disabled={!isReady || isOfTwo}
          title={isOfTwo ? "A is of the recording that is open" : "Swap A and B"}
          aria-label="Swap A and B"
          onClick={swap}
        >
          ⇄
        </button>
        {!isOfTwo && (
          <Side name="B" text={b.value} range={range.value} onPin={(text) => (b.value = text)} />
        )}
        <OtherRecording />
      </div>
      {!isReady ? (
        <PanelNote title="Pin two stretches of time">
          Shift + drag in the timeline selects a stretch: press “Use selection as A”, then select
          another for B. Without a selection it is what the timeline shows. Or choose another
          recording as B.
        </PanelNote>
      ) : (
        <div class={chosen.value === "" ? "perf-split" : "perf-split open"} aria-busy={loaded.busy}>
          <div class="perf-side scrolls" tabIndex={0} role="region" aria-label="Changes">
            {waitingNote(loaded, "comparison") ??
              (loaded.value !== null && (
                <>
                  <Changes
                    functions={loaded.value.functions}
                    chosen={chosen.value}
                    onChoose={(mfa) => (chosen.value = chosen.value === mfa ? "" : mfa)}
                  />
                  {loaded.value.moreFunctions > 0 && (
                    <p class="muted small">
                      {loaded.value.moreFunctions.toLocaleString("en")} more functions changed less
                    </p>
                  )}
                  <Limits limits={loaded.value.limits} />
                </>
              ))}
          </div>
          {chosen.value !== "" && <CallComparisonPane key={chosen.value} />}
        </div>
      )}
    </>
  );
}

function Side(props: {
  readonly name: "A" | "B";
  readonly text: string;
  readonly range: TimeRange | null;
  readonly onPin: (text: string) => void;
}): JSX.Element {
  const { cinema } = useApp();
  const { name, range } = props;
  const pinned = rangeOf(props.text);
  const what = cinema.selection.value === null ? "what is in view" : "the selection";
  return (
    <span class={`side side-${name.toLowerCase()}`} role="group" aria-label={`Stretch ${name}`}>
      <b class="side-name">{name}</b>
      {pinned === null ? (
        <span class="muted small">
          {cinema.param("performance.with").value === "" ? "not pinned" : "all of this recording"}
        </span>
      ) : (
        <button
          type="button"
          class="inline-link small tabular"
          title={`Select ${name} in the timeline`}
          data-side={name}
          onClick={() => (cinema.selection.value = pinned)}
        >
          {formatDuration(spanOf(pinned))} from {timeText(cinema, pinned.t0, 1e6)}
        </button>
      )}
      <button
        type="button"
        class="button"
        disabled={range === null}
        title={`Pin ${what} as ${name}`}
        onClick={() => range !== null && props.onPin(rangeText(range))}
      >
        Use {cinema.selection.value === null ? "view" : "selection"} as {name}
      </button>
      {pinned !== null && (
        <button
          type="button"
          class="icon-button"
          aria-label={`Unpin ${name}`}
          title={`Unpin ${name}`}
          onClick={() => props.onPin("")}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}

/** Own time per second of the range, as a share of one second. */
function perSecond(ns: number): string {
  return `${formatDuration(ns)}/s`;
}

function Changes(props: {
  readonly functions: readonly FunctionChange[];
  readonly chosen: string;
  readonly onChoose: (mfa: string) => void;
}): JSX.Element {
  const { functions } = props;
  if (functions.length === 0) {
    return (
      <PanelNote title="No difference">No function took more or less time per second.</PanelNote>
    );
  }
  const most = functions.reduce((max, { change }) => Math.max(max, Math.abs(change)), 1);
  return (
    <table class="perf-table changes" data-changes>
      <thead>
        <tr>
          <th scope="col">Function</th>
          <th scope="col" title="Own time per second in B, less that in A">
            Change
          </th>
          <th scope="col" title="Of the change: what more or fewer calls make">
            by calls
          </th>
          <th scope="col" title="Of the change: what longer or shorter calls make">
            by duration
          </th>
          <th scope="col" title="Calls per second in A and B">
            Calls/s A → B
          </th>
          <th scope="col" title="Mean duration in A and B">
            Mean A → B
          </th>
          <th scope="col" title="Welch's test of the mean durations: beyond 3 it is hardly chance">
            z
          </th>
        </tr>
      </thead>
      <tbody>
        {functions.map((one) => (
          <tr
            key={one.mfa}
            class={one.mfa === props.chosen ? "chosen" : ""}
            data-mfa={one.mfa}
            onClick={() => props.onChoose(one.mfa)}
          >
            <th scope="row" class="who">
              <button
                type="button"
                class="row-button mono clip"
                title={one.mfa}
                aria-label={one.mfa}
                aria-pressed={one.mfa === props.chosen}
              >
                <Mfa mfa={one.mfa} />
              </button>
            </th>
            <td>
              <span class="change-bar">
                <i
                  class={one.change > 0 ? "more" : "less"}
                  style={{ width: `${(50 * Math.abs(one.change)) / most}%` }}
                />
              </span>{" "}
              {signed(one.change)}
            </td>
            <td>{signed(one.byCalls)}</td>
            <td>{signed(one.byDuration)}</td>
            <td>
              {rateText(one.before.perSecond)} → {rateText(one.after.perSecond)}
            </td>
            <td>
              {durationText(one.before.meanNs)} → {durationText(one.after.meanNs)}
            </td>
            <td>{one.z === null ? "" : one.z.toFixed(1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function signed(ns: number): string {
  return ns === 0 ? "0" : `${ns > 0 ? "+" : "−"}${perSecond(Math.abs(ns))}`;
}
