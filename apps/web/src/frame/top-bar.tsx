// What is recorded, how it is doing, what is missing from it, and search.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatDuration } from "@elixirscope/timeline";
import { shortCount } from "../model/amounts.ts";
import { useApp } from "./app-context.ts";
import { Brand } from "./brand.tsx";
import { chordText } from "./command.ts";
import { commandsOf } from "./commands.ts";
import { Icon, type IconName } from "./icons.tsx";
import { PauseButton } from "./pause-button.tsx";
import { SearchBox } from "./search-box.tsx";

export function TopBar(): JSX.Element {
  const { cinema } = useApp();
  const target = cinema.info.value?.manifest.target;
  return (
    <header class="top-bar">
      <Brand />
      <button
        type="button"
        class="icon-button"
        aria-label="Recordings"
        title="All recordings: open another, import, record a node"
        onClick={() => (cinema.main.value = "recordings")}
      >
        <Icon name="recordings" />
      </button>
      {target !== undefined && (
        <span class="target" title={`${target.node}, OTP ${target.otpRelease} on ${target.system}`}>
          <strong>{target.node}</strong>
          <span class="muted">
            {target.elixir === null ? "" : `Elixir ${target.elixir} · `}OTP {target.otpRelease}
          </span>
        </span>
      )}
      <RecordingState />
      <Numbers />
      <span class="grow" />
      <SearchBox />
      <BarButton command="palette" icon="command" name="Commands" />
      <BarButton command="copy.link" icon="link" name="Copy a link to this moment" />
      <BarButton command="settings" icon="settings" name="Settings" />
      <BarButton command="help" icon="help" name="Keyboard shortcuts and legend" />
    </header>
  );
}

function RecordingState(): JSX.Element | null {
  const { cinema, overlay } = useApp();
  const status = cinema.status.value;
  const info = cinema.info.value;
  if (status === null || info === null) return null;
  const stopped = info.manifest.stopped;
  const live = cinema.live.value;
  const kind = live ? (status.paused ? "paused" : "live") : status.state;
  const names = {
    live: "Recording",
    paused: "Paused",
    recording: "Not closed",
    closed: "Recorded",
    interrupted: "Interrupted",
  };
  const why = status.message ?? stopped?.message ?? STATE_HELP[kind];
  return (
    <span class="state-group">
      <span class={`state-pill ${kind}`} title={why} role="status">
        <span class="dot" aria-hidden="true" />
        {names[kind]}
        <span class="tabular">{formatDuration(status.durationNs)}</span>
      </span>
      <button
        type="button"
        class="button"
        title="What this session records, what it costs, what was done to it"
        onClick={() => (overlay.value = "session")}
      >
        Session
      </button>
      {live && <PauseButton />}
      {live && <StopButton />}
    </span>
  );
}

const STATE_HELP = {
  live: "Events arrive while you look.",
  paused: "Nothing is recorded until it is resumed: what happens now will be missing.",
  recording: "This recording was not closed: its recorder still runs elsewhere, or was killed.",
  closed: "The recording is complete.",
  interrupted: "The recorder or the target ended without closing; everything up to then is here.",
};

function StopButton(): JSX.Element {
  const { cinema } = useApp();
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      class="button danger"
      disabled={busy}
      title="Stop recording and take the probe out of the target"
      onClick={() => {
        setBusy(true);
        void cinema.stop().finally(() => setBusy(false));
      }}
    >
      <Icon name="stop" />
      {busy ? "Stopping…" : "Stop"}
    </button>
  );
}

function Numbers(): JSX.Element | null {
  const { cinema } = useApp();
  const status = cinema.status.value;
  if (status === null) return null;
  return (
    <span class="numbers">
      <span title="Events in this recording">
        <b class="tabular">{shortCount(status.events)}</b> events
      </span>
      {cinema.live.value && (
        <span title="Events per second now">
          <b class="tabular">{shortCount(status.eventsPerSecond)}</b>/s
        </span>
      )}
      <LossBadge lost={status.lost} />
    </span>
  );
}

function LossBadge({ lost }: { readonly lost: number }): JSX.Element {
  const { cinema, overlay } = useApp();
  const reasons = Object.entries(cinema.info.value?.manifest.loss ?? {}).filter(([, n]) => n > 0);
  const detail = reasons.map(([reason, n]) => `${n.toLocaleString("en")} ${words(reason)}`);
  const known = `Known to be missing: ${detail.length === 0 ? lost : detail.join(", ")}.`;
  return (
    <button
      type="button"
      class={lost === 0 ? "loss none" : "loss some"}
      title={
        lost === 0
          ? "No event is known to be missing; what was not asked for is not recorded (L)"
          : `${known} Drawn hatched in the timeline; click for what that means (L).`
      }
      onClick={() => (overlay.value = "loss")}
    >
      {lost === 0 ? (
        "no loss"
      ) : (
        <>
          <Icon name="warning" />
          <b class="tabular">{shortCount(lost)}</b> lost
        </>
      )}
    </button>
  );
}

/** A button for a command, which also knows its key. */
function BarButton(props: {
  readonly command: string;
  readonly icon: IconName;
  readonly name: string;
}): JSX.Element {
  const app = useApp();
  const command = commandsOf(app).find(({ id }) => id === props.command);
  const [chord] = command?.keys ?? [];
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.name}
      title={chord === undefined ? props.name : `${props.name} (${chordText(chord)})`}
      onClick={() => command?.run()}
    >
      <Icon name={props.icon} />
    </button>
  );
}

function words(reason: string): string {
  return reason.replaceAll("_", " ");
}
