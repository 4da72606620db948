// The list of recordings in place of everything else; its code is fetched when it is first looked at.

import type { JSX } from "preact";
import { ConnectionStrip, FullNotice, Toast } from "./notices.tsx";
import { useFetched } from "./use-fetched.ts";

export function RecordingsEntry(): JSX.Element {
  const now = useFetched(
    async () => (await import("../views/recordings/recordings-page.tsx")).RecordingsPage,
  );
  if (now.kind === "failed") {
    return (
      <FullNotice title="The recordings could not be shown">
        <p>{now.message}. Reload the page once the server is back.</p>
      </FullNotice>
    );
  }
  if (now.kind === "loading") {
    return <FullNotice title="Loading recordings…" busy children={null} />;
  }
  return (
    <div class="page">
      <ConnectionStrip />
      <now.Component />
      <Toast />
    </div>
  );
}
