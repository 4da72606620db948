// Where the text that a command makes goes: into the file that was named, else to standard output.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "@elixirscope/base";
import { UsageError } from "./exit-codes.ts";

export async function writeResult(text: string, out: string | undefined): Promise<void> {
  if (out === undefined) {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    return;
  }
  try {
    await writeFile(out, text);
  } catch (cause) {
    throw new UsageError(`cannot write ${path.resolve(out)}: ${messageOf(cause)}`);
  }
}
