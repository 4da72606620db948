// The sha256 of a file's bytes, read in pieces; empty when it cannot be read.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

export async function hashFile(absolute: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(absolute), hash);
    return hash.digest("hex");
  } catch {
    return "";
  }
}
