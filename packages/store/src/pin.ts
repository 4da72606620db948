// A pinned recording is kept: nothing deletes it until it is unpinned. The pin is an empty file, in the recording's
// folder or beside one of a single file, so that it can be set while another process writes the recording.

import { existsSync } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { ioError } from "./io-error.ts";
import { StoreError } from "./store-error.ts";

/** Its name in a folder; what it costs or when it was set says nothing of the recording. */
export const PIN_NAME = "pinned";

export async function isPinned(recording: string): Promise<boolean> {
  return existsSync(await pinOf(recording));
}

/** Setting a pin that is there, or taking away one that is not, is no error. */
export async function setPinned(recording: string, pinned: boolean): Promise<void> {
  const pin = await pinOf(recording);
  try {
    if (pinned) await writeFile(pin, "");
    else await rm(pin, { force: true });
  } catch (cause) {
    throw ioError(`cannot ${pinned ? "pin" : "unpin"} ${recording}`, cause);
  }
}

async function pinOf(recording: string): Promise<string> {
  const found = await stat(recording).catch(() => null);
  if (found === null) throw new StoreError("not_a_recording", `${recording} is not there`);
  return found.isDirectory() ? path.join(recording, PIN_NAME) : `${recording}.${PIN_NAME}`;
}
