// Deletes a recording, whole or not at all for who lists the folder: it is renamed out of sight first.

import { rename, rm, stat } from "node:fs/promises";
import { ioError } from "./io-error.ts";
import { seemsLive } from "./live-lock.ts";
import { measure } from "./list.ts";
import { isPinned } from "./pin.ts";
import { RecordingReader } from "./reader.ts";
import { StoreError } from "./store-error.ts";

/** Answers its bytes. Never one that is pinned (`pinned`) or that somebody is making (`recording_is_live`). */
export async function removeRecording(recording: string): Promise<number> {
  if (await isPinned(recording)) {
    throw new StoreError("pinned", `${recording} is pinned: unpin it to delete it`);
  }
  const found = await stat(recording);
  const { bytes } = await measure(recording, found);
  if (found.isDirectory()) await refuseLive(recording);
  const aside = `${recording}.deleted-${process.pid}`;
  try {
    await rename(recording, aside);
    await rm(aside, { recursive: true, force: true });
    return bytes;
  } catch (cause) {
    throw ioError(`cannot delete ${recording}`, cause);
  }
}

async function refuseLive(folder: string): Promise<void> {
  const live = new StoreError(
    "recording_is_live",
    `${folder} is being recorded: stop it before it is deleted`,
  );
  if (seemsLive(folder)) throw live;
  try {
    // the database's own lock knows for certain
    const reader = await RecordingReader.open(folder);
    await reader.close();
  } catch (cause) {
    if (cause instanceof StoreError && cause.code === "recording_is_live") throw live;
    // one that is damaged may go
  }
}
