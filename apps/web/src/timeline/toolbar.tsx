// Transport and zoom: where the cursor is, how to move it, how much is shown.

import { formatDuration, formatTime, spanOf, zoomAbout } from "@elixirscope/timeline";
import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { Icon, type IconName } from "../frame/icons.tsx";
import { SPEEDS } from "../model/playback.ts";

export function Toolbar(): JSX.Element {
  const { cinema, playback } = useApp();
  const cursor = cinema.cursor.value;
  const view = cinema.view.value;
  const selection = cinema.selection.value;
  const moving = playback.playing.value || cinema.following.value;
  const zoom = (factor: number): void => {
    const middle = (view.t0 + view.t1) / 2;
    cinema.setView(zoomAbout(view, cursor?.t ?? middle, factor, cinema.bounds.value));
  };
  return (
    <div class="toolbar" role="toolbar" aria-label="Transport">
      <ToolButton
        icon="previous"
        name="Previous event"
        hint=","
        onClick={() => void cinema.step("previous")}
      />
      <ToolButton
        icon={moving ? "pause" : "play"}
        name={moving ? "Pause" : "Play"}
        hint="Space"
        onClick={() => playback.toggle()}
      />
      <ToolButton icon="next" name="Next event" hint="." onClick={() => void cinema.step("next")} />
      <select
        class="speed"
        aria-label="Playing speed"
        title="Playing speed"
        value={String(playback.speed.value)}
        onChange={(event) => (playback.speed.value = Number(event.currentTarget.value))}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={String(speed)}>
            {speed}×
          </option>
        ))}
      </select>
      <span
        class="clock tabular"
        title="Time of the cursor since the recording began"
        data-cursor-time
      >
        {cursor === null ? "no cursor" : formatTime(cursor.t)}
      </span>
      {cinema.live.value && (
        <button
          type="button"
          class={cinema.following.value ? "button follow on" : "button follow"}
          aria-pressed={cinema.following.value}
          title="Keep the end of the recording in sight (Space)"
          onClick={() => cinema.follow(!cinema.following.value)}
        >
          <Icon name="live" />
          {cinema.following.value ? "Following" : "Follow live"}
        </button>
      )}
      <span class="grow" />
      {selection !== null && (
        <span class="selection-note">
          {formatDuration(spanOf(selection))} selected
          <button type="button" class="button" onClick={() => cinema.setView(selection)}>
            Zoom to it
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label="Clear the selection"
            onClick={() => (cinema.selection.value = null)}
          >
            <Icon name="close" />
          </button>
        </span>
      )}
      <span class="muted tabular shown-span" title="Length of what is shown">
        {formatDuration(spanOf(view))}
      </span>
      <ToolButton icon="zoomOut" name="Zoom out" hint="S" onClick={() => zoom(1.6)} />
      <ToolButton icon="zoomIn" name="Zoom in" hint="W" onClick={() => zoom(1 / 1.6)} />
      <ToolButton icon="fit" name="Fit the whole recording" hint="F" onClick={() => cinema.fit()} />
    </div>
  );
}

function ToolButton(props: {
  readonly icon: IconName;
  readonly name: string;
  readonly hint: string;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.name}
      title={`${props.name} (${props.hint})`}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}
