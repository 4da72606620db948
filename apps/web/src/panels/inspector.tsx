// The side panel: who the selected process is, and one tab for each way to look at it.

import type { ProcessView } from "@elixirscope/wire";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useApp } from "../frame/app-context.ts";
import { timeText } from "../model/time-text.ts";
import { useLoader } from "../frame/use-loader.ts";
import { TABS, type Tab } from "../model/place.ts";
import { CallsPanel } from "./calls-panel.tsx";
import { EventPanel } from "./event-panel.tsx";
import { lazyPanel } from "./lazy-panel.tsx";
import { MessagesPanel } from "./messages-panel.tsx";
import { ProcessLink } from "./moment-link.tsx";
import { StatePanel } from "./state-panel.tsx";
import { TAB_NAMES } from "./tab-names.ts";

const PANELS: Readonly<Record<Tab, () => JSX.Element>> = {
  state: StatePanel,
  calls: CallsPanel,
  messages: MessagesPanel,
  event: EventPanel,
  code: lazyPanel(async () => (await import("./code/code-panel.tsx")).CodePanel),
};

export function Inspector(): JSX.Element {
  const { cinema } = useApp();
  const tab = cinema.tab.value;
  const Panel = PANELS[tab];
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? tab;
    cinema.tab.value = next;
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <aside class="inspector" aria-label="Inspector">
      <ProcessHeader />
      <div class="tabs" role="tablist" aria-label="Views of the selection" onKeyDown={onKeyDown}>
        {TABS.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={tab === name}
            aria-controls="tab-content"
            tabIndex={tab === name ? 0 : -1}
            onClick={() => (cinema.tab.value = name)}
          >
            {TAB_NAMES[name]}
          </button>
        ))}
      </div>
      <div
        id="tab-content"
        class="tab-content"
        role="tabpanel"
        aria-labelledby={`tab-${tab}`}
        tabIndex={0}
      >
        <Panel />
      </div>
    </aside>
  );
}

function ProcessHeader(): JSX.Element {
  const { cinema } = useApp();
  const loaded = useLoader("processes", () => {
    const pid = cinema.pid.value;
    return pid === null ? null : { subject: pid, params: { filter: pid, offset: 0, limit: 5 } };
  });
  const pid = cinema.pid.value;
  if (pid === null) {
    return (
      <div class="process-header">
        <h2 class="muted">No process selected</h2>
      </div>
    );
  }
  const found = loaded.value?.rows.find((row) => row.pid === pid);
  return (
    <div class="process-header">
      <h2 class="clip" title={found?.name ?? pid}>
        {found?.name ?? found?.label ?? found?.initialCall ?? pid}
      </h2>
      <p class="clip small muted">
        <span class="mono">{pid}</span>
        {found !== undefined && <Facts process={found} />}
        {loaded.error !== null && <span class="error"> {loaded.error}</span>}
      </p>
      {found !== undefined && <Life process={found} />}
    </div>
  );
}

function Facts({ process }: { readonly process: ProcessView }): JSX.Element {
  const facts = [process.behaviour, process.application].filter((fact) => fact !== null);
  return (
    <>
      {facts.map((fact) => ` · ${fact}`)} · {process.events.toLocaleString("en")} events
    </>
  );
}

function Life({ process }: { readonly process: ProcessView }): JSX.Element {
  const { cinema } = useApp();
  const { tSpawned, tExited, exitReason, parent } = process;
  return (
    <p class="clip small muted" title={exitReason ?? undefined}>
      {tSpawned === null ? "start not recorded" : `spawned ${timeText(cinema, tSpawned, 1e6)}`}
      {parent !== null && (
        <>
          {" by "}
          <ProcessLink pid={parent} />
        </>
      )}
      {tExited !== null && (
        <span class="exited">
          {exitReason === null ? " · gone by " : " · exited "}
          {timeText(cinema, tExited, 1e6)}
          {exitReason === null ? ", no reason recorded" : `: ${exitReason}`}
        </span>
      )}
    </p>
  );
}
