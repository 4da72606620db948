// A server reply for as long as a component is on screen.

import type { Method } from "@elixirscope/wire";
import { signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Loader, type Loaded, type Want } from "../model/loader.ts";
import { useApp } from "./app-context.ts";

/** `want` may read only signals: they are what the reply depends on. */
export function useLoader<M extends Method>(
  method: M,
  want: () => Want<M> | null,
  live: "live" | "still" = "live",
): Loaded<M> {
  const { cinema } = useApp();
  const [loader, setLoader] = useState<Loader<M> | null>(null);
  useEffect(() => {
    const made = new Loader(cinema, method, want);
    const stop =
      live === "live"
        ? cinema.beat.subscribe((beat) => {
            if (beat >= 0) made.refresh();
          })
        : () => undefined;
    setLoader(made);
    return () => {
      stop();
      made.dispose();
    };
  }, []);
  const [none] = useState<ReadonlySignal<Loaded<M>>>(() =>
    signal({ value: null, params: null, busy: true, error: null }),
  );
  return (loader?.state ?? none).value;
}
