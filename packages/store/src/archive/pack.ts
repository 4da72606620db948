// A recording into one file, `recording.json` first, so that a list can tell what is in it. The file is written
// aside and renamed, so that there is a whole one or none.

import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { outputError } from "../io-error.ts";
import { RecordingReader } from "../reader.ts";
import { cancelled } from "../sql.ts";
import { StoreError } from "../store-error.ts";
import { entryOf, isPacked, sumLine, SUMS } from "./archive-entries.ts";
import { paddingOf, TAR_BLOCK, tarHeader } from "./tar-header.ts";

export type ArchiveOptions = {
  readonly signal?: AbortSignal;
  /** bytes */
  readonly progress?: (done: number, total: number) => void;
};

const CHUNK_BYTES = 1_048_576;

type Packed = { readonly path: string; readonly entry: string; readonly size: number };

/**
 * Answers the archive's bytes. A recording that is being made is refused (`recording_is_live`): its files
 * would be of different instants.
 */
export async function packRecording(
  folder: string,
  archive: string,
  options: ArchiveOptions = {},
): Promise<number> {
  // while it is open nobody can begin to write it
  const reader = await RecordingReader.open(folder);
  const beside = `${archive}.new-${process.pid}`;
  try {
    await checkTarget(archive);
    await rm(beside, { force: true });
    const bytes = await write(await filesOf(reader.path), beside, options);
    await rename(beside, archive);
    return bytes;
  } catch (cause) {
    await rm(beside, { force: true });
    throw outputError(archive, cause);
  } finally {
    await reader.close();
  }
}

async function checkTarget(archive: string): Promise<void> {
  const found = await stat(archive).catch(() => null);
  if (found?.isDirectory() === true) {
    throw new StoreError("exists", `${archive} is a folder: choose another name`);
  }
}

async function filesOf(folder: string): Promise<readonly Packed[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.map((name) => name.split(path.sep).join("/")).filter(isPacked);
  const ordered = files.toSorted((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  return await Promise.all(
    ordered.map(async (name) => {
      const file = path.join(folder, name);
      return { path: file, entry: entryOf(name), size: (await stat(file)).size };
    }),
  );
}

function placeOf(file: string): number {
  return file === "recording.json" ? 0 : 1;
}

async function write(
  files: readonly Packed[],
  beside: string,
  options: ArchiveOptions,
): Promise<number> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const output = await open(beside, "wx");
  try {
    const writer = new TarWriter(output, total, options);
    let sums = "";
    for (const file of files) sums += sumLine(file.entry, await writer.copy(file));
    await writer.text(SUMS, sums);
    await writer.end();
    await output.datasync();
    return writer.position;
  } finally {
    await output.close();
  }
}

class TarWriter {
  readonly #output: FileHandle;
  readonly #total: number;
  readonly #options: ArchiveOptions;
  readonly #seconds = Math.floor(Date.now() / 1_000);
  position = 0;

  constructor(output: FileHandle, total: number, options: ArchiveOptions) {
    this.#output = output;
    this.#total = total;
    this.#options = options;
  }

  /** Answers the content's SHA-256. */
  async copy({ path: file, entry, size }: Packed): Promise<string> {
    const hash = createHash("sha256");
    await this.#write(tarHeader({ name: entry, size }, this.#seconds));
    const input = await open(file, "r");
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      for (let at = 0; at < size;) {
        if (this.#options.signal?.aborted === true) throw cancelled();
        const { bytesRead } = await input.read(chunk, 0, Math.min(CHUNK_BYTES, size - at), at);
        if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
        const part = chunk.subarray(0, bytesRead);
        hash.update(part);
        await this.#write(part);
        at += bytesRead;
        this.#options.progress?.(this.position, this.#total);
      }
    } finally {
      await input.close();
    }
    await this.#write(Buffer.alloc(paddingOf(size)));
    return hash.digest("hex");
  }

  async text(entry: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.#write(tarHeader({ name: entry, size: bytes.length }, this.#seconds));
    await this.#write(bytes);
    await this.#write(Buffer.alloc(paddingOf(bytes.length)));
  }

  async end(): Promise<void> {
    await this.#write(Buffer.alloc(2 * TAR_BLOCK));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#output.write(bytes, at);
      at += bytesWritten;
    }
    this.position += bytes.length;
  }
}
