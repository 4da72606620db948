// The state of the selected process through time: the strip of its versions, the whole state at the cursor,
// and beside it what is different from the version before, or from any other one.

import type { StateVersionView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { Icon } from "../../frame/icons.tsx";
import { useLoader } from "../../frame/use-loader.ts";
import { retold, timeText } from "../../model/time-text.ts";
import { MomentLink } from "../../panels/moment-link.tsx";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { TermExplorer } from "../../panels/term/term-explorer.tsx";
import { changesOf } from "../../panels/term-tree.tsx";
import { useComparison } from "./comparison.ts";
import { Differences } from "./differences.tsx";
import { FieldChanges, type Field } from "./field-changes.tsx";
import { StateCause } from "./state-cause.tsx";
import "./state.css";
import { VersionStrip } from "./version-strip.tsx";

export function StateView(): JSX.Element {
  const { cinema } = useApp();
  const loaded = useLoader("stateVersion", () => {
    const pid = cinema.pid.value;
    if (pid === null) return null;
    // without a cursor the end of the recording is looked at
    const t = cinema.cursor.value?.t ?? cinema.bounds.value.t1;
    return { subject: pid, params: { pid, t } };
  });
  if (cinema.pid.value === null) {
    return (
      <PanelNote title="No process selected">
        Click a lane below to see how the state of its process went from one version to the next.
      </PanelNote>
    );
  }
  const waiting = waitingNote(loaded, "state");
  if (waiting !== null || loaded.value === null) return waiting ?? <div />;
  return <Versions view={loaded.value} busy={loaded.busy} />;
}

function Versions(props: { readonly view: StateVersionView; readonly busy: boolean }): JSX.Element {
  const { view, busy } = props;
  const { cinema } = useApp();
  const field = useSignal<Field | null>(null);
  const comparison = useComparison();
  const { state } = view;
  const diff = comparison.against === null ? view.diff : (comparison.loaded.value?.diff ?? []);
  return (
    <div class="state-view" aria-busy={busy} data-state-view>
      <Header view={view} />
      <VersionStrip
        view={view}
        pinned={comparison.loaded.value?.before ?? null}
        onPin={(version) => (comparison.param.value = `v${version}`)}
      />
      {state === null ? (
        <PanelNote title="No state at this moment">
          {retold(
            cinema,
            view.why ?? "No state of this process was recorded at or before the cursor.",
          )}
        </PanelNote>
      ) : (
        <div class="state-body">
          <TermExplorer
            of={{ kind: "state", pid: view.pid, t: state.t }}
            name="State at the cursor"
            changes={changesOf(diff)}
            onHistory={(part) => (field.value = { ...part, t: state.t })}
          />
          <aside class="state-side" aria-label="Differences">
            {field.value === null ? (
              <Differences view={view} comparison={comparison} />
            ) : (
              <FieldChanges
                key={JSON.stringify([cinema.pid.value, field.value])}
                pid={view.pid}
                field={field.value}
                onClose={() => (field.value = null)}
              />
            )}
          </aside>
        </div>
      )}
    </div>
  );
}

function Header({ view }: { readonly view: StateVersionView }): JSX.Element {
  const { cinema } = useApp();
  const { state, previous, next, versions } = view;
  const to = (other: StateVersionView["next"]): void => {
    if (other !== null) cinema.goTo({ t: other.t, event: null });
  };
  return (
    <div class="state-head">
      <button
        type="button"
        class="icon-button small-button"
        aria-label="Previous version"
        title="Previous version ([)"
        disabled={previous === null}
        onClick={() => to(previous)}
      >
        <Icon name="left" />
      </button>
      <strong class="tabular" data-version>
        {state === null ? "no version yet" : `Version ${state.version.toLocaleString("en")}`}
      </strong>
      <button
        type="button"
        class="icon-button small-button"
        aria-label="Next version"
        title="Next version (])"
        disabled={next === null}
        onClick={() => to(next)}
      >
        <Icon name="right" />
      </button>
      <span class="muted small nowrap">
        of {versions.toLocaleString("en")}
        {state !== null && (
          <>
            {" · "}
            <MomentLink t={state.t} event={state.event} />
            {next !== null && ` – ${timeText(cinema, next.t, 1000)}`}
            {state.bytes !== null && ` · ${state.bytes.toLocaleString("en")} bytes`}
          </>
        )}
      </span>
      {state !== null && <StateCause state={state} />}
      {view.why !== null && state !== null && (
        <span class="small warning-text clip" title={retold(cinema, view.why)}>
          <Icon name="warning" /> {retold(cinema, view.why)}
        </span>
      )}
    </div>
  );
}
