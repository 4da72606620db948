// The list of recordings in place of everything else; its code is fetched when it is first looked at.

import { messageOf } from "@elixirscope/base";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ConnectionStrip, FullNotice, Toast } from "./notices.tsx";

export function RecordingsEntry(): JSX.Element {
  const [Shown, setShown] = useState<ComponentType | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    void (async () => {
      try {
        const { RecordingsPage } = await import("../views/recordings/recordings-page.tsx");
        setShown(() => RecordingsPage);
      } catch (error) {
        setFailure(messageOf(error));
      }
    })();
  }, []);
  if (failure !== null) {
    return (
      <FullNotice title="The recordings could not be shown">
        <p>{failure}. Reload the page once the server is back.</p>
      </FullNotice>
    );
  }
  if (Shown === null) return <FullNotice title="Loading recordings…" busy children={null} />;
  return (
    <div class="page">
      <ConnectionStrip />
      <Shown />
      <Toast />
    </div>
  );
}
