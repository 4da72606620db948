// The session of the recording, over the page; its code is fetched when it is first opened.

import { messageOf } from "@elixirscope/base";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PanelNote } from "../panels/panel-note.tsx";
import { Dialog } from "./dialog.tsx";

export function SessionDialog(): JSX.Element {
  return (
    <Dialog overlay="session" name="Session">
      <Content />
    </Dialog>
  );
}

function Content(): JSX.Element {
  const [Shown, setShown] = useState<ComponentType | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    void (async () => {
      try {
        const { SessionPanel } = await import("../panels/session/session-panel.tsx");
        setShown(() => SessionPanel);
      } catch (error) {
        setFailure(messageOf(error));
      }
    })();
  }, []);
  if (failure !== null)
    return <PanelNote title="The session could not be shown">{failure}</PanelNote>;
  return Shown === null ? <PanelNote title="Loading the session…" /> : <Shown />;
}
