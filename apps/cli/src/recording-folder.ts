// The folder of a recording that was named on the command line. One that lies in a file is unpacked into the
// cache first, once for each version of the file.

import { statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { unpackedFolder } from "@elixirscope/store";
import { Progress } from "./format/progress.ts";
import { findRecording } from "./recording-path.ts";

export async function recordingFolder(name: string, signal?: AbortSignal): Promise<string> {
  const found = findRecording(name);
  if (statSync(found, { throwIfNoEntry: false })?.isFile() !== true) return found;
  using progress = new Progress();
  return await unpackedFolder(found, archiveCache(process.env), {
    ...(signal === undefined ? {} : { signal }),
    progress: (done, total) => progress.show("unpacking", done, total),
  });
}

/** `$XDG_CACHE_HOME/elixirscope/recordings-1`, else in `~/.cache`. */
export function archiveCache(env: NodeJS.ProcessEnv): string {
  const xdg = env["XDG_CACHE_HOME"];
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), ".cache");
  return path.join(base, "elixirscope", "recordings-1");
}
