// Transport and zoom: where the cursor is, how to move it, how much is shown.

import { formatDuration, spanOf } from "@elixirscope/timeline";
import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { Icon } from "../frame/icons.tsx";
import { zoom } from "../frame/move-commands.ts";
import { SPEEDS } from "../model/playback.ts";
import { timeText } from "../model/time-text.ts";
import { UNITS } from "../model/transport.ts";
import { ToolButton } from "./tool-button.tsx";
import { UntilBox } from "./until-box.tsx";

export function Toolbar(): JSX.Element {
  const app = useApp();
  const { cinema } = app;
  const cursor = cinema.cursor.value;
  return (
    <div class="toolbar" role="toolbar" aria-label="Transport">
      <Steps />
      <Play />
      <span
        class="clock tabular"
        title={
          cinema.settings.times.value === "utc"
            ? "Time of the cursor by the target’s clock, UTC"
            : "Time of the cursor since the recording began"
        }
        data-cursor-time
      >
        {cursor === null ? "no cursor" : timeText(cinema, cursor.t)}
      </span>
      <FollowButton />
      <UntilBox />
      <SelectionNote />
      <span class="muted tabular shown-span" title="Length of what is shown">
        {formatDuration(spanOf(cinema.view.value))}
      </span>
      <span class="zoom-buttons">
        <ToolButton icon="zoomOut" name="Zoom out" hint="S" onClick={() => zoom(app, 1.6)} />
        <ToolButton icon="zoomIn" name="Zoom in" hint="W" onClick={() => zoom(app, 1 / 1.6)} />
        <ToolButton
          icon="fit"
          name="Fit the whole recording"
          hint="F"
          onClick={() => cinema.fit()}
        />
      </span>
    </div>
  );
}

function Steps(): JSX.Element {
  const { transport } = useApp();
  const unit = transport.unit.value;
  return (
    <>
      <ToolButton
        icon="previous"
        name={`Previous ${unit}`}
        hint=","
        onClick={() => void transport.step("previous")}
      />
      <ToolButton
        icon="next"
        name={`Next ${unit}`}
        hint="."
        onClick={() => void transport.step("next")}
      />
      <select
        class="unit"
        aria-label="Step by"
        title="What the step buttons step by"
        value={unit}
        onChange={(event) => transport.choose(event.currentTarget.value)}
      >
        {UNITS.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <ToolButton
        icon="stepInto"
        name="Step into what is called"
        hint="I, back with Shift"
        onClick={() => void transport.stepBy("into", "next")}
      />
      <ToolButton
        icon="stepOut"
        name="Step out to the end of the call"
        hint="O, back to its beginning with Shift"
        onClick={() => void transport.stepBy("out", "next")}
      />
      <span class="divider" aria-hidden="true" />
    </>
  );
}

function Play(): JSX.Element {
  const { cinema, playback } = useApp();
  const moving = playback.playing.value || cinema.following.value;
  const skip = playback.skipIdle.value;
  return (
    <>
      <ToolButton
        icon={moving ? "pause" : "play"}
        name={moving ? "Pause" : "Play"}
        hint="Space"
        onClick={() => playback.toggle()}
      />
      <select
        class="speed"
        aria-label="Playing speed"
        title="Playing speed (+ and -)"
        value={String(playback.speed.value)}
        onChange={(event) => (playback.speed.value = Number(event.currentTarget.value))}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={String(speed)}>
            {speed}×
          </option>
        ))}
      </select>
      <button
        type="button"
        class={skip ? "icon-button on" : "icon-button"}
        aria-label="Skip idle"
        aria-pressed={skip}
        title="When playing, jump over stretches without events (K)"
        onClick={() => (playback.skipIdle.value = !skip)}
      >
        <Icon name="skipIdle" />
      </button>
    </>
  );
}

function FollowButton(): JSX.Element | null {
  const { cinema } = useApp();
  if (!cinema.live.value) return null;
  const on = cinema.following.value;
  return (
    <button
      type="button"
      class={on ? "button follow on" : "button follow"}
      aria-pressed={on}
      title="Keep the end of the recording in sight (Space)"
      onClick={() => cinema.follow(!on)}
    >
      <Icon name="live" />
      {on ? "Following" : "Follow live"}
    </button>
  );
}

function SelectionNote(): JSX.Element | null {
  const { cinema } = useApp();
  const selection = cinema.selection.value;
  if (selection === null) return null;
  return (
    <span class="selection-note">
      <span>{formatDuration(spanOf(selection))} selected</span>
      <ToolButton
        icon="zoomTo"
        name="Zoom to it"
        hint="Z"
        onClick={() => cinema.setView(selection)}
      />
      <ToolButton
        icon="close"
        name="Clear the selection"
        hint="Esc"
        onClick={() => (cinema.selection.value = null)}
      />
    </span>
  );
}
