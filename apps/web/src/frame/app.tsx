// The whole page: bar, timeline, side panel; or the notice that stands for them.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Inspector } from "../panels/inspector.tsx";
import { TimelineView } from "../timeline/timeline-view.tsx";
import { AppContext, type App } from "./app-context.ts";
import { Help } from "./help.tsx";
import { attachKeyboard } from "./keyboard.ts";
import { Connecting, ConnectionStrip, Refused, Toast } from "./notices.tsx";
import { Splitter, storedWidth } from "./splitter.tsx";
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

function Cinema(): JSX.Element {
  const width = useSignal(storedWidth(localStorage));
  return (
    <div class="page">
      <TopBar />
      <ConnectionStrip />
      <main
        class="workspace"
        style={{ gridTemplateColumns: `minmax(0, 1fr) 1px ${width.value}px` }}
      >
        <TimelineView />
        <Splitter width={width} />
        <Inspector />
      </main>
      <Toast />
      <Help />
    </div>
  );
}
