// A panel that is fetched when its tab is first looked at.

import { messageOf } from "@elixirscope/base";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PanelNote } from "./panel-note.tsx";

type Fetched =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly Component: ComponentType }
  | { readonly kind: "failed"; readonly message: string };

async function fetched(load: () => Promise<ComponentType>): Promise<Fetched> {
  try {
    return { kind: "ready", Component: await load() };
  } catch (error) {
    return { kind: "failed", message: messageOf(error) };
  }
}

export function lazyPanel(load: () => Promise<ComponentType>): () => JSX.Element {
  return function LazyPanel(): JSX.Element {
    const [now, setNow] = useState<Fetched>({ kind: "loading" });
    useEffect(() => {
      void fetched(load).then(setNow);
    }, []);
    if (now.kind === "ready") return <now.Component />;
    if (now.kind === "loading") return <div class="panel-note muted loading">Loading…</div>;
    return (
      <PanelNote title="This panel could not be loaded">
        {now.message}. Reload the page once the server is back.
      </PanelNote>
    );
  };
}
