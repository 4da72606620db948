// The critical path of one request: what its time was spent on, piece by piece, across processes. The slowest
// requests of the stretch are on the left, to choose from; any event can be asked for.

import { formatDuration } from "@elixirscope/timeline";
import type { SlowRequest } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { useLoader } from "../../frame/use-loader.ts";
import { eventIn } from "../../model/place.ts";
import { timeText } from "../../model/time-text.ts";
import { Limits } from "../../panels/limits-note.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import type { ModeProps } from "./asked-range.ts";
import { CriticalPathPane } from "./critical-path-pane.tsx";

const MOST_REQUESTS = 50;
const MOST_PIECES = 400;

export function PathMode({ range }: ModeProps): JSX.Element {
  const { cinema } = useApp();
  const chosen = cinema.param("performance.path");
  const requests = useLoader(
    "slowRequests",
    () => {
      const asked = range.value;
      if (asked === null) return null;
      return { subject: "", params: { t0: asked.t0, t1: asked.t1, limit: MOST_REQUESTS } };
    },
    "still",
  );
  const path = useLoader(
    "criticalPath",
    () => {
      const event = eventIn(chosen.value);
      if (event === null) return null;
      return { subject: chosen.value, params: { event, limit: MOST_PIECES } };
    },
    "still",
  );
  const event = eventIn(chosen.value);
  const at = cinema.cursor.value?.event ?? null;
  return (
    <div class="perf-split path-split">
      <div class="perf-requests" aria-busy={requests.busy}>
        <div class="perf-requests-head">
          <h3>Slowest</h3>
          <button
            type="button"
            class="button"
            disabled={at === null}
            title="The path of the call, message or callback that the cursor is on"
            onClick={() => at !== null && (chosen.value = String(at))}
          >
            At the cursor
          </button>
        </div>
        {waitingNote(requests, "requests") ?? (
          <RequestList
            requests={requests.value?.requests ?? []}
            chosen={event}
            onChoose={(next) => (chosen.value = String(next))}
          />
        )}
        {requests.value !== null && <Limits limits={requests.value.limits} />}
      </div>
      <div class="perf-detail" aria-busy={path.busy} data-path={event}>
        {event === null ? (
          <PanelNote title="Choose a request">
            An outermost call, or a call message until its reply. Its critical path says what its
            time was spent on, also in the processes that it waited for.
          </PanelNote>
        ) : path.value !== null ? (
          <CriticalPathPane path={path.value} />
        ) : path.busy || path.error !== null ? (
          waitingNote(path, "critical path")
        ) : (
          <PanelNote title="No path from this event">
            It is not in this recording, or nothing that takes time began with it or was running.
          </PanelNote>
        )}
      </div>
    </div>
  );
}

function RequestList(props: {
  readonly requests: readonly SlowRequest[];
  readonly chosen: number | null;
  readonly onChoose: (event: number) => void;
}): JSX.Element {
  const { cinema } = useApp();
  if (props.requests.length === 0) {
    return (
      <PanelNote title="No request was recorded here">
        Neither an outermost call with a known end nor a call message with its reply began in this
        stretch of time.
      </PanelNote>
    );
  }
  return (
    <ol class="request-list" data-requests>
      {props.requests.map((one) => (
        <li key={one.event}>
          <button
            type="button"
            class="request"
            aria-pressed={one.event === props.chosen}
            data-event={one.event}
            title={`${one.title} of ${one.name ?? one.pid} at ${timeText(cinema, one.t, 1000)}`}
            onClick={() => props.onChoose(one.event)}
          >
            <span class="request-line">
              <span class="mono clip">{one.title}</span>
              <b class="tabular">{formatDuration(one.ns)}</b>
            </span>
            <span class="request-line muted small">
              <span class="clip">
                {one.to === null
                  ? `call in ${one.name ?? one.pid}`
                  : `${one.name ?? one.pid} → ${one.to.name ?? one.to.pid}`}
              </span>
              <span class="tabular">{timeText(cinema, one.t, 1e6)}</span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
