// The whole page: bar, timeline, side panel; or the notice that stands for them.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Inspector } from "../panels/inspector.tsx";
import { TimelineView } from "../timeline/timeline-view.tsx";
import { MainView, ViewTabs } from "../views/main-view.tsx";
import { MAIN_VIEWS } from "../views/views.ts";
import { AppContext, useApp, type App } from "./app-context.ts";
import { Help } from "./help.tsx";
import "./frame.css";
import { attachKeyboard } from "./keyboard.ts";
import { Connecting, ConnectionStrip, Refused, Toast } from "./notices.tsx";
import { Splitter } from "./splitter.tsx";
import { LossPanel } from "./loss-panel.tsx";
import { Palette } from "./palette.tsx";
import { RecordingStrip } from "./recording-strip.tsx";
import { SessionDialog } from "./session-dialog.tsx";
import { SettingsDialog } from "./settings-dialog.tsx";
import { RecordingsEntry } from "./recordings-entry.tsx";
import { TopBar } from "./top-bar.tsx";
import { Tour } from "./tour.tsx";

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
      {cinema.empty.value || cinema.main.value === "recordings" ? (
        <RecordingsEntry />
      ) : info === null ? (
        <Connecting />
      ) : (
        <Cinema />
      )}
    </AppContext.Provider>
  );
}

function Cinema(): JSX.Element {
  const { cinema, layout } = useApp();
  const { side, lanes } = layout;
  const alone = (MAIN_VIEWS[cinema.main.value]?.load ?? null) === null;
  const folded = !alone && !lanes.open.value;
  const columns = side.open.value ? `minmax(0, 1fr) 1px ${side.size.value}px` : "minmax(0, 1fr)";
  const rows = alone
    ? "minmax(0, 1fr)"
    : `minmax(0, 1fr) 1px ${folded ? "auto" : `${lanes.size.value}px`}`;
  return (
    <div class="page">
      <TopBar />
      <ConnectionStrip />
      <RecordingStrip />
      <ViewTabs />
      <main class="workspace" style={{ gridTemplateColumns: columns }}>
        <div class="stack" style={{ gridTemplateRows: rows }}>
          {!alone && <MainView />}
          {!alone && (folded ? <span class="edge" /> : <Splitter split={lanes} />)}
          <TimelineView folded={folded} />
        </div>
        {side.open.value && <Splitter split={side} />}
        {side.open.value && <Inspector />}
      </main>
      <Toast />
      <Help />
      <Palette />
      <SettingsDialog />
      <LossPanel />
      <SessionDialog />
      <Tour />
    </div>
  );
}
