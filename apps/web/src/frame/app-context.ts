// What every component can reach: the model, playback and, once it is mounted, the timeline's stage.

import { createContext, type Context } from "preact";
import { useContext } from "preact/hooks";
import type { Signal } from "@preact/signals";
import type { Cinema } from "../model/cinema.ts";
import type { Playback } from "../model/playback.ts";
import type { Stage } from "../timeline/stage.ts";

export type App = {
  readonly cinema: Cinema;
  readonly playback: Playback;
  readonly stage: Signal<Stage | null>;
  readonly helpOpen: Signal<boolean>;
  readonly searchOpen: Signal<boolean>;
};

export const AppContext: Context<App | null> = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("bug: used outside of the app");
  return app;
}
