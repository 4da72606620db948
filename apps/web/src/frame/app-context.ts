// What every component can reach: the model, playback and, once it is mounted, the timeline's stage.

import { createContext, type Context } from "preact";
import { useContext } from "preact/hooks";
import { signal, type Signal } from "@preact/signals";
import type { Cinema } from "../model/cinema.ts";
import { Layout } from "../model/layout.ts";
import { Playback } from "../model/playback.ts";
import { Transport } from "../model/transport.ts";
import type { Stage } from "../timeline/stage.ts";

/** What lies over the page; one at a time. */
export type Overlay = "help" | "palette" | "settings" | "loss" | "session";

export type App = {
  readonly cinema: Cinema;
  readonly playback: Playback;
  readonly transport: Transport;
  readonly layout: Layout;
  readonly stage: Signal<Stage | null>;
  readonly overlay: Signal<Overlay | null>;
  readonly searchOpen: Signal<boolean>;
  /** the step of the guided tour that is shown; null: it is not under way */
  readonly tourStep: Signal<number | null>;
};

export function appOf(cinema: Cinema, storage: Storage): App {
  return {
    cinema,
    playback: new Playback(cinema),
    transport: new Transport(cinema),
    layout: new Layout(storage),
    stage: signal(null),
    overlay: signal(null),
    searchOpen: signal(false),
    tourStep: signal(null),
  };
}

export const AppContext: Context<App | null> = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("bug: used outside of the app");
  return app;
}
