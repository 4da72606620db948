// A component whose code is fetched when it is first looked at.

import { messageOf } from "@elixirscope/base";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export type Fetched =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly Component: ComponentType }
  | { readonly kind: "failed"; readonly message: string };

/** `load` is asked once: whoever shows another component is another element. */
export function useFetched(load: () => Promise<ComponentType>): Fetched {
  const [now, setNow] = useState<Fetched>({ kind: "loading" });
  useEffect(() => {
    void fetched(load).then(setNow);
  }, []);
  return now;
}

async function fetched(load: () => Promise<ComponentType>): Promise<Fetched> {
  try {
    return { kind: "ready", Component: await load() };
  } catch (error) {
    return { kind: "failed", message: messageOf(error) };
  }
}
