// Recordings that a test tells: written by hand into a folder of the test file, open until it is over.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { RecordingReader } from "@elixirscope/store";
import type { Manifest } from "@elixirscope/trace";
import { afterAll, beforeAll } from "vitest";
import { Story } from "../support/story.ts";

let root: string;
const open: RecordingReader[] = [];

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "elixirscope-told-"));
});

afterAll(async () => {
  for (const recording of open) await recording.close();
  await rm(root, { recursive: true, force: true });
});

/** A folder for a recording, gone when the file is over. */
export function recordingFolder(name: string): string {
  return path.join(root, `${name}.escope`);
}

export async function tell(
  tale: (story: Story) => void,
  manifest: Partial<Manifest> = {},
  durationNs?: number,
): Promise<RecordingReader> {
  const folder = recordingFolder(String(open.length));
  const story = await Story.begin(folder, manifest);
  tale(story);
  await story.end(durationNs, manifest.loss);
  const recording = await RecordingReader.open(folder);
  open.push(recording);
  return recording;
}
