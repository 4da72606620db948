// The sha256 of a file's bytes, read in pieces; empty when it cannot be read.

import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { OPEN_FLAGS } from "./read-source.ts";

export async function hashFile(absolute: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    const handle = await open(absolute, OPEN_FLAGS);
    // the stream closes the handle
    await pipeline(handle.createReadStream(), hash);
    return hash.digest("hex");
  } catch {
    return "";
  }
}
