// `elixirscope recordings pin` and `unpin`: a pinned recording is never deleted, neither here nor from the page.

import path from "node:path";
import { setPinned } from "@elixirscope/store";
import { findRecording } from "../recording-path.ts";

export async function pin(name: string): Promise<void> {
  const recording = findRecording(name);
  await setPinned(recording, true);
  console.log(`${path.basename(recording)} is pinned`);
}

export async function unpin(name: string): Promise<void> {
  const recording = findRecording(name);
  await setPinned(recording, false);
  console.log(`${path.basename(recording)} is not pinned`);
}
