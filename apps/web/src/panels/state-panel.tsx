// The selected process's state at the cursor: which version, what caused it, what it changed, all of it.

import type { StateVersionView } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { retold, timeText } from "../model/time-text.ts";
import { Icon } from "../frame/icons.tsx";
import { useLoader } from "../frame/use-loader.ts";
import { DiffList } from "./diff-list.tsx";
import { openEvent } from "./go-to.ts";
import { MomentLink } from "./moment-link.tsx";
import { PanelNote, waitingNote } from "./panel-note.tsx";
import { TermExplorer } from "./term/term-explorer.tsx";
import { changesOf } from "./term-tree.tsx";

export function StatePanel(): JSX.Element {
  const { cinema } = useApp();
  const loaded = useLoader("stateVersion", () => {
    const pid = cinema.pid.value;
    const t = cinema.cursor.value?.t;
    return pid === null || t === undefined ? null : { subject: pid, params: { pid, t } };
  });
  if (cinema.pid.value === null) {
    return (
      <PanelNote title="No process selected">
        Click a lane to see what its process knew at that moment.
      </PanelNote>
    );
  }
  if (cinema.cursor.value === null) {
    return (
      <PanelNote title="No moment chosen">
        Click in the timeline to put the cursor at an instant.
      </PanelNote>
    );
  }
  const waiting = waitingNote(loaded, "state");
  if (waiting !== null || loaded.value === null) return waiting ?? <div />;
  return <StateAtCursor view={loaded.value} busy={loaded.busy} />;
}

function StateAtCursor({
  view,
  busy,
}: {
  readonly view: StateVersionView;
  readonly busy: boolean;
}): JSX.Element {
  const { cinema } = useApp();
  const { state } = view;
  return (
    <div class="panel" aria-busy={busy} data-state-panel>
      <Versions view={view} />
      {state === null ? (
        <PanelNote title="No state at this moment">
          {retold(cinema, view.why ?? NO_STATE)}
        </PanelNote>
      ) : (
        <>
          <Cause state={state} />
          <Section title={changesTitle(view)}>
            {view.diff.length > 0 ? (
              <DiffList diff={view.diff} />
            ) : (
              <p class="muted small">
                {view.previous === null
                  ? "The first state recorded; there is nothing to compare it with."
                  : "Nothing changed: the callback left the state as it was."}
              </p>
            )}
          </Section>
          <Section title="State">
            <TermExplorer
              of={{ kind: "state", pid: view.pid, t: state.t }}
              name="State at the cursor"
              changes={changesOf(view.diff)}
            />
          </Section>
          {view.why !== null && <p class="muted small">{retold(cinema, view.why)}</p>}
        </>
      )}
    </div>
  );
}

const NO_STATE = "No state of this process was recorded at or before the cursor.";

function changesTitle(view: StateVersionView): string {
  const { previous, diff } = view;
  if (previous === null) return "Changes";
  const since = previous.version === 0 ? "the first state" : `version ${previous.version}`;
  return diff.length === 0 ? `No change since ${since}` : `${diff.length} changed since ${since}`;
}

function Versions({ view }: { readonly view: StateVersionView }): JSX.Element {
  const { cinema } = useApp();
  const { state, previous, next } = view;
  return (
    <div class="versions">
      <button
        type="button"
        class="icon-button"
        aria-label="Previous state"
        title="Previous state ([)"
        disabled={previous === null}
        onClick={() => previous !== null && cinema.goTo({ t: previous.t, event: null })}
      >
        <Icon name="left" />
      </button>
      <span class="tabular" data-state-version>
        {state === null ? "no version yet" : `Version ${state.version}`}
        {state !== null && <span class="muted"> of {view.versions.toLocaleString("en")}</span>}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label="Next state"
        title="Next state (])"
        disabled={next === null}
        onClick={() => next !== null && cinema.goTo({ t: next.t, event: null })}
      >
        <Icon name="right" />
      </button>
      {state !== null && (
        <span class="muted small">
          since <MomentLink t={state.t} event={state.event} />
          {next !== null && ` until ${timeText(cinema, next.t, 1000)}`}
        </span>
      )}
    </div>
  );
}

function Cause({ state }: { readonly state: NonNullable<StateVersionView["state"]> }): JSX.Element {
  const { cinema } = useApp();
  const { callback } = state;
  const causeMessage = state.cause?.message ?? null;
  return (
    <p class="cause small">
      {callback !== null && (
        <>
          after <span class="mono">{callback}</span>
          {" · "}
        </>
      )}
      {causeMessage === null ? (
        <span class="muted">no message is known to have caused it</span>
      ) : (
        <>
          {"caused by "}
          <button type="button" class="inline-link" onClick={() => openEvent(cinema, causeMessage)}>
            message {causeMessage}
          </button>
        </>
      )}
    </p>
  );
}

export function Section(props: {
  readonly title: string;
  readonly children: JSX.Element | readonly (JSX.Element | null)[] | null;
}): JSX.Element {
  return (
    <section class="section">
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}
