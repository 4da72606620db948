// Where text goes that a command makes piece by piece: a file that is there whole or not at all, or standard output.

import { once } from "node:events";
import { open, rename, rm, stat } from "node:fs/promises";
import { CodedError } from "@elixirscope/base";
import { outputError, StoreError } from "@elixirscope/store";

/** Standard output instead of a file. */
export const STDOUT = "-";

/** Answers how many bytes were written. */
export async function streamResult(
  chunks: AsyncIterable<string>,
  out: string,
  signal: AbortSignal,
): Promise<number> {
  if (out === STDOUT) return await toStdout(chunks, signal);
  const beside = `${out}.new-${process.pid}`;
  try {
    await checkTarget(out);
    const bytes = await toFile(chunks, beside, signal);
    await rename(beside, out);
    return bytes;
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause instanceof CodedError ? cause : outputError(out, cause);
  }
}

async function checkTarget(out: string): Promise<void> {
  const found = await stat(out).catch(() => null);
  if (found !== null && !found.isFile()) {
    throw new StoreError("exists", `${out} exists already and is not a file: choose another name`);
  }
}

async function toFile(
  chunks: AsyncIterable<string>,
  file: string,
  signal: AbortSignal,
): Promise<number> {
  const output = await open(file, "w");
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      checkInterrupted(signal);
      bytes += Buffer.byteLength(chunk);
      await output.writeFile(chunk);
    }
    await output.datasync();
  } finally {
    await output.close();
  }
  return bytes;
}

async function toStdout(chunks: AsyncIterable<string>, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) {
    checkInterrupted(signal);
    bytes += Buffer.byteLength(chunk);
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
  return bytes;
}

function checkInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new CodedError("cancelled", "interrupted");
}
