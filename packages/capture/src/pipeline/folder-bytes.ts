// How much a recording takes on disk.

import { readdir, stat } from "node:fs/promises";
import path from "node:path";

export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    try {
      bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
    } catch (cause) {
      // write-ahead logs come and go with checkpoints
      if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ENOENT") throw cause;
    }
  }
  return bytes;
}
