// The whole page: bar, timeline, side panel; or the notice that stands for them.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Inspector } from "../panels/inspector.tsx";
import { TimelineView } from "../timeline/timeline-view.tsx";
import { MainView, ViewTabs } from "../views/main-view.tsx";
import { MAIN_VIEWS } from "../views/views.ts";
import { AppContext, useApp, type App } from "./app-context.ts";
import { Help } from "./help.tsx";
import { attachKeyboard } from "./keyboard.ts";
import { Connecting, ConnectionStrip, Refused, Toast } from "./notices.tsx";
import { Splitter, storedSplit } from "./splitter.tsx";
import { TopBar } from "./top-bar.tsx";

export function Page({ app }: { readonly app: App }): JSX.Element {
  const { cinema } = app;
  useEffect(() => attachKeyboard(app, globalThis.window), []);
  const info = cinema.info.value;
  useEffect(() => {
    if (info !== null) document.title = `${info.manifest.target.node} · ElixirScope`;
  }, [info?.manifest.target.node]);
  if (cinema.connection.state.value.kind === "refused") return <Refused />;
  return (
    <AppContext.Provider value={app}>
      {info === null ? <Connecting /> : <Cinema />}
    </AppContext.Provider>
  );
}

const SIDE = {
  name: "Width of the side panel",
  key: "elixirscope.inspector-width",
  axis: "column",
  least: 320,
  most: 900,
  start: 440,
  rest: 480,
} as const;

const LANES = {
  name: "Height of the timeline",
  key: "elixirscope.timeline-height",
  axis: "row",
  least: 150,
  most: 900,
  start: 260,
  rest: 260,
} as const;

function Cinema(): JSX.Element {
  const { cinema } = useApp();
  const [side] = useState(() => storedSplit(localStorage, SIDE));
  const [lanes] = useState(() => storedSplit(localStorage, LANES));
  const alone = (MAIN_VIEWS[cinema.main.value]?.load ?? null) === null;
  return (
    <div class="page">
      <TopBar />
      <ConnectionStrip />
      <ViewTabs />
      <main
        class="workspace"
        style={{ gridTemplateColumns: `minmax(0, 1fr) 1px ${side.size.value}px` }}
      >
        <div
          class="stack"
          style={{
            gridTemplateRows: alone ? "minmax(0, 1fr)" : `minmax(0, 1fr) 1px ${lanes.size.value}px`,
          }}
        >
          {!alone && <MainView />}
          {!alone && <Splitter split={lanes} />}
          <TimelineView />
        </div>
        <Splitter split={side} />
        <Inspector />
      </main>
      <Toast />
      <Help />
    </div>
  );
}
