// The words of a panel that has nothing to show: why, and what to do about it.

import type { ComponentChildren, JSX } from "preact";
import type { Method } from "@elixirscope/wire";
import type { Loaded } from "../model/loader.ts";

export function PanelNote({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="panel-note">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

/** Loading and failed replies look the same everywhere; null when there is something to show. */
export function waitingNote<M extends Method>(loaded: Loaded<M>, what: string): JSX.Element | null {
  if (loaded.value !== null) return null;
  if (loaded.error !== null) {
    return <PanelNote title={`The ${what} could not be read`}>{loaded.error}</PanelNote>;
  }
  return loaded.busy ? <div class="panel-note muted loading">Loading {what}…</div> : null;
}
