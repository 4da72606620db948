// One row per recording, newest first. Deleting asks in the row itself, where one sees what it is about.

import { bytesText } from "@elixirscope/base";
import { formatDuration } from "@elixirscope/timeline";
import type { RecordingView } from "@elixirscope/wire";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Icon } from "../../frame/icons.tsx";
import { countText } from "../../model/amounts.ts";
import { formatWhen } from "./when.ts";
import type { Shelf } from "./shelf.ts";

const STEP = 200;
const COLUMNS = ["Name", "Target", "Recorded", "Length", "Events", "Lost", "Size", "State", ""];
const NUMBERS: ReadonlySet<string> = new Set(["Length", "Events", "Lost", "Size"]);

export function RecordingsTable(props: {
  readonly shelf: Shelf;
  readonly recordings: readonly RecordingView[];
  /** older ones that the server left out */
  readonly unlisted: number;
}): JSX.Element {
  const { shelf, recordings, unlisted } = props;
  const most = useSignal(STEP);
  const asking = useSignal<string | null>(null);
  const left = recordings.length - most.value;
  return (
    <div class="recordings-list" tabIndex={0} role="region" aria-label="List of recordings">
      <table class="recordings-table">
        <thead>
          <tr>
            {COLUMNS.map((title) => (
              <th key={title} scope="col" class={NUMBERS.has(title) ? "number" : ""}>
                {title === "" ? <span class="visually-hidden">Actions</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {recordings.slice(0, most.value).map((recording) =>
            asking.value === recording.name ? (
              <Confirm
                key={recording.name}
                recording={recording}
                onYes={() => {
                  asking.value = null;
                  void shelf.remove(recording.name);
                }}
                onNo={() => (asking.value = null)}
              />
            ) : (
              <Row
                key={recording.name}
                shelf={shelf}
                recording={recording}
                onDelete={() => (asking.value = recording.name)}
              />
            ),
          )}
        </tbody>
      </table>
      {left > 0 && (
        <button type="button" class="button more" onClick={() => (most.value += STEP)}>
          {countText(left)} more
        </button>
      )}
      {unlisted > 0 && (
        <p class="muted small more">{countText(unlisted)} older recordings are not listed.</p>
      )}
    </div>
  );
}

function Row(props: {
  readonly shelf: Shelf;
  readonly recording: RecordingView;
  readonly onDelete: () => void;
}): JSX.Element {
  const { shelf, recording, onDelete } = props;
  const { name, target, startedMs, modifiedMs, durationNs, events, lost, bytes } = recording;
  const when = startedMs ?? modifiedMs;
  const busy = shelf.busy.value.has(name);
  return (
    <tr class={recording.shown ? "shown" : ""} aria-busy={busy} data-recording={name}>
      <td class="name" title={name}>
        <span>
          <button
            type="button"
            class="inline-link"
            disabled={busy || recording.state === "corrupt"}
            onClick={() => void shelf.open(recording)}
          >
            {name.replace(/\.escope$/, "")}
          </button>
          {recording.shown && <span class="tag">open</span>}
          {recording.packed && (
            <span class="tag" title="One file; it is unpacked when it is opened">
              file
            </span>
          )}
        </span>{" "}
      </td>
      <td class="mono" title={target ?? ""}>
        {target ?? <span class="muted">unknown</span>}
      </td>
      <td title={new Date(when).toLocaleString("en-GB")}>
        <time dateTime={new Date(when).toISOString()}>{formatWhen(when, Date.now())}</time>
      </td>
      <td class="number">{durationNs === null ? <Unknown /> : formatDuration(durationNs)}</td>
      <td class="number" title={events === null ? undefined : countText(events)}>
        {events === null ? <Unknown /> : countText(events)}
      </td>
      <td class={lost === null || lost === 0 ? "number" : "number warning-text"}>
        {lost === null ? <Unknown /> : countText(lost)}
      </td>
      <td class="number">{bytesText(bytes)}</td>
      <td>
        <State recording={recording} />
      </td>
      <td class="actions">
        <Actions shelf={shelf} recording={recording} busy={busy} onDelete={onDelete} />
      </td>
    </tr>
  );
}

function Unknown(): JSX.Element {
  return (
    <span class="muted" title="Only its end tells; open it to see">
      –
    </span>
  );
}

const STATES: Readonly<Record<RecordingView["state"], string>> = {
  live: "Live",
  closed: "Closed",
  interrupted: "Interrupted",
  corrupt: "Corrupt",
};

function State({ recording }: { readonly recording: RecordingView }): JSX.Element {
  const { state, problem, stopped } = recording;
  return (
    <span class={`recording-state ${state}`} title={problem ?? stopped ?? STATES[state]}>
      <span class="dot" aria-hidden="true" />
      {STATES[state]}
    </span>
  );
}

function Actions(props: {
  readonly shelf: Shelf;
  readonly recording: RecordingView;
  readonly busy: boolean;
  readonly onDelete: () => void;
}): JSX.Element {
  const { shelf, recording, busy, onDelete } = props;
  const { name, pinned, state } = recording;
  const live = state === "live";
  const kept = pinned ? "It is pinned: unpin it to delete it" : "Stop it before it is deleted";
  return (
    <span class="row-actions">
      <button
        type="button"
        class={pinned ? "icon-button on" : "icon-button"}
        aria-pressed={pinned}
        aria-label={`Pin ${name}`}
        title={pinned ? "Pinned: it is never deleted. Unpin" : "Pin: never delete it"}
        disabled={busy}
        onClick={() => void shelf.pin(recording)}
      >
        <Icon name="pin" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={`Download ${name} as one file`}
        title={live ? "Once it is stopped it can be downloaded" : "Download as one file (.escope)"}
        disabled={busy || live || state === "corrupt"}
        onClick={() => void shelf.download(name)}
      >
        <Icon name="download" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={`Delete ${name}`}
        title={
          live || pinned ? kept : recording.shown ? "It is open: open another first" : "Delete…"
        }
        disabled={busy || live || pinned || recording.shown}
        onClick={onDelete}
      >
        <Icon name="trash" />
      </button>
    </span>
  );
}

function Confirm(props: {
  readonly recording: RecordingView;
  readonly onYes: () => void;
  readonly onNo: () => void;
}): JSX.Element {
  const { recording, onYes, onNo } = props;
  return (
    <tr class="confirm" data-recording={recording.name}>
      <td colSpan={COLUMNS.length}>
        <span class="confirm-row" role="alertdialog" aria-label={`Delete ${recording.name}?`}>
          <span class="clip">
            Delete <strong>{recording.name}</strong> ({bytesText(recording.bytes)}) for good?
          </span>
          <button
            type="button"
            class="button danger"
            ref={(button) => button?.focus()}
            onClick={onYes}
          >
            Delete
          </button>
          <button type="button" class="button" onClick={onNo}>
            Keep
          </button>
        </span>
      </td>
    </tr>
  );
}
