// Pauses what is recorded, or lets it go on; in the top bar and in the session's panel.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useApp } from "./app-context.ts";
import { Icon } from "./icons.tsx";

export function PauseButton(): JSX.Element {
  const { cinema } = useApp();
  const busy = useSignal(false);
  const paused = cinema.paused.value;
  return (
    <button
      type="button"
      class="button"
      aria-label={paused ? "Resume recording" : "Pause recording"}
      disabled={busy.value}
      title={
        paused
          ? "Record again (Shift+R)"
          : "Record nothing, at next to no cost, until it is resumed; the probe stays (Shift+R)"
      }
      onClick={() => {
        busy.value = true;
        void cinema.pause(!paused).finally(() => (busy.value = false));
      }}
    >
      <Icon name={paused ? "play" : "pause"} />
      {paused ? "Resume" : "Pause"}
    </button>
  );
}
