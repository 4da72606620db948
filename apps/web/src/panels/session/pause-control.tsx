// Pauses a running session and lets it go on.

import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { PauseButton } from "../../frame/pause-button.tsx";

export function PauseControl(): JSX.Element {
  const { cinema } = useApp();
  const paused = cinema.paused.value;
  return (
    <section class="section pausing">
      <p class="small">
        <strong>{paused ? "Paused." : "Recording."}</strong>{" "}
        <span class="muted">
          {paused
            ? "Nothing is recorded, at next to no cost. What happens now is a gap; budgets and time go on."
            : "A pause takes nearly all of the cost out of the target; the probe stays there."}
        </span>
      </p>
      <PauseButton />
    </section>
  );
}
