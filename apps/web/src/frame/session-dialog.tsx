// The session of the recording, over the page; its code is fetched when it is first opened.

import type { JSX } from "preact";
import { PanelNote } from "../panels/panel-note.tsx";
import { Dialog } from "./dialog.tsx";
import { useFetched } from "./use-fetched.ts";

export function SessionDialog(): JSX.Element {
  return (
    <Dialog overlay="session" name="Session">
      <Content />
    </Dialog>
  );
}

function Content(): JSX.Element {
  const now = useFetched(
    async () => (await import("../panels/session/session-panel.tsx")).SessionPanel,
  );
  if (now.kind === "ready") return <now.Component />;
  if (now.kind === "loading") return <PanelNote title="Loading the session…" />;
  return <PanelNote title="The session could not be shown">{now.message}</PanelNote>;
}
