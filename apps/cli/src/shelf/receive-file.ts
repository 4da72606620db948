// A file that somebody brings, as a recording of the folder: one in a file, or a trace that dbg or ttb wrote. It is
// written, checked and read in a folder of its own, and appears under its name only when it is whole.

import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CodedError } from "@elixirscope/base";
import { isArchive, outputError, RecordingReader, unpackRecording } from "@elixirscope/store";
import type { Imported } from "@elixirscope/wire";
import { freePath } from "../recording-path.ts";

const PREFIX = ".incoming-";
/** What a killed process left behind. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1_000;

export async function receiveFile(
  folder: string,
  file: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Imported> {
  const name = plainName(file);
  await removeLeftBehind(folder);
  const aside = await mkdtemp(path.join(folder, PREFIX));
  try {
    const whole = path.join(aside, name);
    await pipeline(Readable.from(bytes), createWriteStream(whole, { flags: "wx" }));
    const made = path.join(aside, "recording.escope");
    const { kind, notes } = await read(whole, made);
    const target = freePath(path.join(folder, `${path.parse(name).name}.escope`));
    await rename(made, target);
    return { name: path.basename(target), kind, notes };
  } catch (thrown) {
    throw withoutPath(thrown, aside, name);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function read(file: string, out: string): Promise<Omit<Imported, "name">> {
  if (await isArchive(file)) {
    await unpackRecording(file, out);
    const reader = await RecordingReader.open(out);
    await reader.close();
    return { kind: "archive", notes: [] };
  }
  const { importTrace } = await import("@elixirscope/capture");
  const { notes, fault } = await importTrace([file], out);
  const damage = fault === null ? [] : ["The trace is damaged; what came before is imported."];
  return { kind: "trace", notes: [...damage, ...notes] };
}

/** The last part of what the page calls it; what could be more than a name is refused. */
function plainName(file: string): string {
  const isPlain = /^[^/\\\0]{1,200}$/.test(file) && !file.startsWith(".");
  if (isPlain) return file;
  throw new BadName("bad_name", "the file needs a plain name, without folders");
}

class BadName extends CodedError<"bad_name"> {}

/** Where it lay for a moment says nothing to the person who brought it. */
function withoutPath(thrown: unknown, aside: string, name: string): unknown {
  if (!(thrown instanceof CodedError)) {
    return thrown instanceof Error && "code" in thrown ? outputError(name, thrown) : thrown;
  }
  const message = thrown.message
    .replaceAll(`${aside}${path.sep}recording.escope`, name)
    .replaceAll(`${aside}${path.sep}`, "");
  return new CodedError(thrown.code, message, { cause: thrown });
}

async function removeLeftBehind(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(PREFIX) && !name.startsWith(".outgoing-")) continue;
    const found = await stat(path.join(folder, name)).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > LEFT_BEHIND_MS) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
}
