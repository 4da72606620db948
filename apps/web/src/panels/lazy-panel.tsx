// A panel that is fetched when its tab is first looked at.

import type { ComponentType, JSX } from "preact";
import { useFetched } from "../frame/use-fetched.ts";
import { PanelNote } from "./panel-note.tsx";

export function lazyPanel(load: () => Promise<ComponentType>): () => JSX.Element {
  return function LazyPanel(): JSX.Element {
    const now = useFetched(load);
    if (now.kind === "ready") return <now.Component />;
    if (now.kind === "loading") return <div class="panel-note muted loading">Loading…</div>;
    return (
      <PanelNote title="This panel could not be loaded">
        {now.message}. Reload the page once the server is back.
      </PanelNote>
    );
  };
}
