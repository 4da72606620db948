// The tabs of the views, and the view that is chosen.

import { messageOf } from "@elixirscope/base";
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { chordText } from "../frame/command.ts";
import { Icon, type IconName } from "../frame/icons.tsx";
import { viewChord } from "../frame/page-commands.ts";
import type { Split } from "../model/layout.ts";
import { VIEWS, type ViewName } from "@elixirscope/wire";
import { PanelNote } from "../panels/panel-note.tsx";
import { MAIN_VIEWS } from "./views.ts";

export function ViewTabs(): JSX.Element {
  const { cinema, layout } = useApp();
  const chosen = cinema.main.value;
  return (
    <nav class="view-tabs" aria-label="Views">
      {VIEWS.map((name) => {
        const view = MAIN_VIEWS[name];
        if (view === undefined) return null;
        return (
          <button
            key={name}
            type="button"
            data-view={name}
            title={`${view.hint} (${chordText(viewChord(name))})`}
            aria-current={name === chosen ? "page" : undefined}
            onClick={() => (cinema.main.value = name)}
          >
            {view.title}
          </button>
        );
      })}
      <span class="grow" />
      <FoldButton split={layout.lanes} icon="bottomPanel" name="Lanes below the view" hint="B" />
      <FoldButton split={layout.side} icon="sidePanel" name="Side panel" hint={"\\"} />
    </nav>
  );
}

function FoldButton(props: {
  readonly split: Split;
  readonly icon: IconName;
  readonly name: string;
  readonly hint: string;
}): JSX.Element {
  const { open } = props.split;
  return (
    <button
      type="button"
      class={open.value ? "icon-button on" : "icon-button"}
      aria-label={props.name}
      aria-pressed={open.value}
      title={`${open.value ? "Hide" : "Show"}: ${props.name.toLowerCase()} (${props.hint})`}
      onClick={() => (open.value = !open.value)}
    >
      <Icon name={props.icon} />
    </button>
  );
}

type Shown =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly name: ViewName; readonly Component: ComponentType }
  | { readonly kind: "failed"; readonly message: string };

async function loaded(name: ViewName, load: () => Promise<ComponentType>): Promise<Shown> {
  try {
    return { kind: "ready", name, Component: await load() };
  } catch (error) {
    return { kind: "failed", message: messageOf(error) };
  }
}

/** Nothing when the timeline has the middle for itself. */
export function MainView(): JSX.Element | null {
  const { cinema } = useApp();
  const shown = useSignal<Shown>({ kind: "loading" });
  useSignalEffect(() => {
    const name = cinema.main.value;
    const load = MAIN_VIEWS[name]?.load;
    if (load === undefined || load === null) return;
    void loaded(name, load).then((next) => {
      if (cinema.main.peek() === name) shown.value = next;
      return undefined;
    });
  });
  const name = cinema.main.value;
  const view = MAIN_VIEWS[name];
  if (view === undefined || view.load === null) return null;
  const now = shown.value;
  return (
    <section class="main-view" aria-label={`${view.title} view`} data-view={name}>
      {now.kind === "failed" ? (
        <PanelNote title="This view could not be loaded">
          {now.message}. Reload the page once the server is back.
        </PanelNote>
      ) : now.kind === "ready" && now.name === name ? (
        <now.Component />
      ) : (
        <PanelNote title={`Loading ${view.title}…`}>{view.hint}</PanelNote>
      )}
    </section>
  );
}
