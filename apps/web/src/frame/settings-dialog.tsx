// How the page looks to this user; all of it is remembered in this browser.

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { DENSITIES, THEMES, TIME_DISPLAYS } from "../model/settings.ts";
import { useApp } from "./app-context.ts";
import { CloseButton, Dialog } from "./dialog.tsx";

const WORDS = {
  system: "As the system",
  light: "Light",
  dark: "Dark",
  comfortable: "Comfortable",
  compact: "Compact",
  relative: "Since the start",
  utc: "Wall clock, UTC",
} as const;

export function SettingsDialog(): JSX.Element {
  const { cinema, layout } = useApp();
  const { theme, density, times } = cinema.settings;
  return (
    <Dialog overlay="settings" name="Settings">
      <div class="settings-content">
        <h2>Settings</h2>
        <Choice name="Theme" chosen={theme} values={THEMES} />
        <Choice name="Density" chosen={density} values={DENSITIES} />
        <Choice name="Times" chosen={times} values={TIME_DISPLAYS} />
        <p class="muted small">
          The wall clock is that of the target when the recording began, and counts on from there.
          Remembered in this browser only.
        </p>
        <div class="settings-foot">
          <button type="button" class="button" onClick={() => layout.reset()}>
            Reset the layout
          </button>
          <CloseButton />
        </div>
      </div>
    </Dialog>
  );
}

function Choice<T extends keyof typeof WORDS>(props: {
  readonly name: string;
  readonly chosen: Signal<T>;
  readonly values: readonly T[];
}): JSX.Element {
  const { name, chosen, values } = props;
  return (
    <fieldset class="choice">
      <legend>{name}</legend>
      <div class="segmented">
        {values.map((value) => (
          <button
            key={value}
            type="button"
            aria-pressed={chosen.value === value}
            onClick={() => (chosen.value = value)}
          >
            {WORDS[value]}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
