// The tabs of the views, and the view that is chosen.

import type { JSX } from "preact";
import { useApp } from "../frame/app-context.ts";
import { chordText } from "../frame/command.ts";
import { Icon, type IconName } from "../frame/icons.tsx";
import { viewChord } from "../frame/page-commands.ts";
import { useFetched } from "../frame/use-fetched.ts";
import type { Split } from "../model/layout.ts";
import { VIEWS } from "@elixirscope/wire";
import { PanelNote } from "../panels/panel-note.tsx";
import { MAIN_VIEWS, type View } from "./views.ts";

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

/** Nothing when the timeline has the middle for itself. */
export function MainView(): JSX.Element | null {
  const { cinema } = useApp();
  const name = cinema.main.value;
  const view = MAIN_VIEWS[name];
  if (view === undefined || view.load === null) return null;
  return (
    <section class="main-view" aria-label={`${view.title} view`} data-view={name}>
      <FetchedView key={name} {...view} load={view.load} />
    </section>
  );
}

function FetchedView({
  title,
  hint,
  load,
}: View & { readonly load: NonNullable<View["load"]> }): JSX.Element {
  const now = useFetched(load);
  if (now.kind === "ready") return <now.Component />;
  if (now.kind === "loading") return <PanelNote title={`Loading ${title}…`}>{hint}</PanelNote>;
  return (
    <PanelNote title="This view could not be loaded">
      {now.message}. Reload the page once the server is back.
    </PanelNote>
  );
}
