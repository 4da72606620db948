// The recordings of a folder, with what each is of, for a list to choose from. A broken one is listed
// with the reason; nothing is opened beyond `recording.json`, which is the first thing in a recording of one file.

import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Manifest } from "@elixirscope/trace";
import { isArchive, readArchiveManifest } from "./archive/unpack.ts";
import { ioError } from "./io-error.ts";
import { seemsLive } from "./live-lock.ts";
import { readManifest } from "./manifest-file.ts";
import { isPinned, PIN_NAME } from "./pin.ts";
import type { StoreError } from "./store-error.ts";

const SUFFIX = ".escope";

export type ListedRecording = {
  readonly name: string;
  readonly path: string;
  /** on disk */
  readonly bytes: number;
  /** of the last change, ms since 1970 */
  readonly modifiedMs: number;
  /** kept until it is unpinned */
  readonly pinned: boolean;
  /** of a single file; `false`: a folder */
  readonly packed: boolean;
} & (
  | { readonly manifest: Manifest; readonly error: null }
  | { readonly manifest: null; readonly error: StoreError }
);

/** Newest first. */
export async function listRecordings(folder: string): Promise<ListedRecording[]> {
  const full = path.resolve(folder);
  let names: string[];
  try {
    const entries = await readdir(full, { withFileTypes: true });
    names = entries.map((e) => e.name).filter((name) => name.endsWith(SUFFIX));
  } catch (cause) {
    throw ioError(`cannot list ${full}`, cause);
  }
  const described = names.map(async (name) => await describe(path.join(full, name), name));
  const listed = (await Promise.all(described)).flatMap((one) => one ?? []);
  return listed.toSorted((a, b) => b.modifiedMs - a.modifiedMs);
}

/** Null: a file of another kind. */
async function describe(recording: string, name: string): Promise<ListedRecording | null> {
  const found = await stat(recording).catch(() => null);
  if (found === null) return null;
  const packed = found.isFile();
  if (packed && !(await isArchive(recording))) return null;
  const pinned = await isPinned(recording).catch(() => false);
  const common = { name, path: recording, ...(await measure(recording, found)), pinned, packed };
  try {
    const manifest = packed
      ? await readArchiveManifest(recording)
      : stateNow(recording, await readManifest(recording));
    return { ...common, manifest, error: null };
  } catch (cause) {
    return { ...common, manifest: null, error: ioError(`cannot read ${recording}`, cause) };
  }
}

/** A recording that says it is running may be one whose writer died. */
function stateNow(folder: string, manifest: Manifest): Manifest {
  if (manifest.state !== "recording" || seemsLive(folder)) return manifest;
  return { ...manifest, state: "interrupted" };
}

/** What a recording takes, and when it changed last. */
export async function measure(
  recording: string,
  found: Stats,
): Promise<{ bytes: number; modifiedMs: number }> {
  if (found.isFile()) return { bytes: found.size, modifiedMs: found.mtimeMs };
  let bytes = 0;
  let modifiedMs = 0;
  const entries = await readdir(recording, { recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (entry === PIN_NAME) continue;
    // files come and go while a recording is written
    const file = await stat(path.join(recording, entry)).catch(() => null);
    if (file === null || !file.isFile()) continue;
    bytes += file.size;
    modifiedMs = Math.max(modifiedMs, file.mtimeMs);
  }
  return { bytes, modifiedMs };
}
