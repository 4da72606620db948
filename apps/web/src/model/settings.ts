// How the page looks to this user: theme, density, how times are told. Remembered in the browser.
//
// `data-theme` on the root element is always set, so that style sheets follow a chosen theme and not the
// system's; what paints on canvases follows `dark`.

import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["comfortable", "compact"] as const;
export const TIME_DISPLAYS = ["relative", "utc"] as const;

export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];
/** `utc`: the wall clock of the target */
export type TimeDisplay = (typeof TIME_DISPLAYS)[number];

export class Settings {
  readonly theme: Signal<Theme>;
  readonly density: Signal<Density>;
  readonly times: Signal<TimeDisplay>;
  /** what the theme comes to */
  readonly dark: ReadonlySignal<boolean>;

  constructor(storage: Storage, system: MediaQueryList, root: HTMLElement) {
    this.theme = remembered(storage, "theme", THEMES);
    this.density = remembered(storage, "density", DENSITIES);
    this.times = remembered(storage, "times", TIME_DISPLAYS);
    const systemIsDark = signal(system.matches);
    system.addEventListener("change", () => (systemIsDark.value = system.matches));
    this.dark = computed(() =>
      this.theme.value === "system" ? systemIsDark.value : this.theme.value === "dark",
    );
    effect(() => {
      root.dataset["theme"] = this.dark.value ? "dark" : "light";
      root.dataset["density"] = this.density.value;
    });
  }
}

/** The first value is what it is until somebody chooses. */
function remembered<T extends string>(
  storage: Storage,
  name: string,
  values: readonly [T, ...T[]],
): Signal<T> {
  const key = `elixirscope.${name}`;
  const stored = storage.getItem(key);
  const chosen = signal(values.find((value) => value === stored) ?? values[0]);
  effect(() => {
    if (chosen.value === values[0]) storage.removeItem(key);
    else storage.setItem(key, chosen.value);
  });
  return chosen;
}
