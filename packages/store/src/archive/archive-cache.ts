// Recordings in one file, unpacked to be read: DuckDB needs files of its own. A cached folder belongs to one
// content of the archive (its place, size and times); what nobody opened for a week is removed.

import { createHash } from "node:crypto";
import { mkdir, readdir, realpath, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { ioError } from "../io-error.ts";
import type { ArchiveOptions } from "./pack.ts";
import { unpackRecording } from "./unpack.ts";

const UNUSED_MS = 7 * 24 * 60 * 60 * 1_000;
/** What a killed process left half unpacked. */
const LEFT_BEHIND_MS = 60 * 60 * 1_000;

/** The folder with the archive's recording, unpacked now or earlier. */
export async function unpackedFolder(
  archive: string,
  cache: string,
  options: ArchiveOptions = {},
): Promise<string> {
  const folder = path.join(cache, await keyOf(archive));
  await removeUnused(cache, folder);
  if ((await stat(folder).catch(() => null)) === null) {
    await mkdir(cache, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw ioError(`cannot create ${cache}`, cause);
    });
    await unpackRecording(archive, folder, options);
  }
  const now = new Date();
  // a cache that cannot be touched is only forgotten earlier
  await utimes(folder, now, now).catch(() => undefined);
  return folder;
}

async function keyOf(archive: string): Promise<string> {
  const full = await realpath(archive);
  const { size, mtimeMs, ctimeMs, ino } = await stat(full);
  const key = [full, size, mtimeMs, ctimeMs, ino].join("\0");
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return `${path.basename(full, ".escope")}-${digest}.escope`;
}

async function removeUnused(cache: string, wanted: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  for (const name of names) {
    const folder = path.join(cache, name);
    if (folder === wanted) continue;
    const found = await stat(folder).catch(() => null);
    if (found === null) continue;
    const unusedMs = Date.now() - found.mtimeMs;
    const most = /\.new-\d+$/.test(name) ? LEFT_BEHIND_MS : UNUSED_MS;
    if (unusedMs > most) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
