// Where the text that a command makes goes: into the file that was named, else to standard output.

import { lstat, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import { UsageError } from "./exit-codes.ts";

export async function writeResult(text: string, out: string | undefined): Promise<void> {
  if (out === undefined) {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    return;
  }
  try {
    await writeWhole(out, text);
  } catch (cause) {
    throw new UsageError(`cannot write ${path.resolve(out)}: ${messageOf(cause)}`);
  }
}

/** What was in the file stays until all of the new text is on the disk. */
async function writeWhole(out: string, text: string): Promise<void> {
  const found = await lstat(out).catch(() => null);
  // a link, a pipe or a device is written through
  if (found !== null && !found.isFile()) return await writeFile(out, text);
  const beside = `${out}.new-${process.pid}`;
  try {
    await writeFile(beside, text, { flag: "wx", mode: (found?.mode ?? 0o666) & 0o777 });
    await rename(beside, out);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
}
