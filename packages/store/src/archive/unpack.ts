// A recording out of its one file, into a folder that is there whole or not at all. Nothing in the archive is
// trusted: names, kinds and sizes of entries, and every byte is checked against the sums at the end.

import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Manifest } from "@elixirscope/trace";
import { ioError, isErrno, outputError } from "../io-error.ts";
import { parseManifest } from "../manifest-file.ts";
import { cancelled } from "../sql.ts";
import { StoreError } from "../store-error.ts";
import { fileOf, MANIFEST_ENTRY, sumLine, SUMS } from "./archive-entries.ts";
import type { ArchiveOptions } from "./pack.ts";
import { paddingOf, readTarHeader, TAR_BLOCK, type TarEntry } from "./tar-header.ts";

const CHUNK_BYTES = 1_048_576;
const MAX_MANIFEST_BYTES = 16_777_216;
/** Sums of a hundred thousand files. */
const MAX_SUMS_BYTES = 16_777_216;

/** Whether the file says of itself that it is a recording in one file. */
export async function isArchive(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) return false;
  const input = await open(file, "r").catch((cause: unknown) => {
    throw ioError(`cannot read ${file}`, cause);
  });
  try {
    const header = Buffer.alloc(TAR_BLOCK);
    await input.read(header, 0, TAR_BLOCK, 0);
    const entry = readTarHeader(header);
    return entry.ok && entry.value?.name === MANIFEST_ENTRY;
  } finally {
    await input.close();
  }
}

/** What the archive is of, without unpacking it. */
export async function readArchiveManifest(archive: string): Promise<Manifest> {
  const input = await open(archive, "r").catch((cause: unknown) => {
    throw ioError(`cannot read ${archive}`, cause);
  });
  try {
    const header = Buffer.alloc(TAR_BLOCK);
    await input.read(header, 0, TAR_BLOCK, 0);
    const entry = readTarHeader(header);
    if (!entry.ok || entry.value?.name !== MANIFEST_ENTRY) throw notARecording(archive);
    const { size } = entry.value;
    const bytes = Buffer.alloc(Math.min(size, MAX_MANIFEST_BYTES));
    await input.read(bytes, 0, bytes.length, TAR_BLOCK);
    return parseManifest(bytes.toString("utf8"), archive);
  } finally {
    await input.close();
  }
}

/** Makes `folder`, which must not exist. An archive that is cut off or damaged is `corrupt_recording`. */
export async function unpackRecording(
  archive: string,
  folder: string,
  options: ArchiveOptions = {},
): Promise<void> {
  if (!(await isArchive(archive))) throw notARecording(archive);
  const beside = `${folder}.new-${process.pid}`;
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(path.join(beside, "parts"), { recursive: true });
    await new Unpacking(archive, beside, options).run();
    await rename(beside, folder);
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    // somebody else was faster
    if (isErrno(cause, "ENOTEMPTY") || isErrno(cause, "EEXIST")) return;
    const error = ioError(`cannot unpack ${archive}`, cause);
    throw error.code === "disk_full" ? outputError(folder, cause) : error;
  }
}

function notARecording(archive: string): StoreError {
  return new StoreError(
    "not_a_recording",
    `${archive} is not a recording: neither a folder with recording.json nor what \`export --format escope\` makes`,
  );
}

class Unpacking {
  readonly #archive: string;
  readonly #folder: string;
  readonly #options: ArchiveOptions;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #seen = new Set<string>();
  #sums = "";
  #position = 0;
  #size = 0;

  constructor(archive: string, folder: string, options: ArchiveOptions) {
    this.#archive = archive;
    this.#folder = folder;
    this.#options = options;
  }

  async run(): Promise<void> {
    const input = await open(this.#archive, "r");
    try {
      this.#size = (await input.stat()).size;
      for (;;) {
        const entry = await this.#header(input);
        if (entry === null) throw this.#damaged("it has no SHA256SUMS");
        if (entry.size > this.#size - this.#position) throw this.#damaged("it is cut off");
        if (entry.name === SUMS) return await this.#verify(input, entry.size);
        await this.#entry(input, entry);
      }
    } finally {
      await input.close();
    }
  }

  async #entry(input: FileHandle, { name, size }: TarEntry): Promise<void> {
    const file = fileOf(name);
    if (file === null) {
      throw this.#damaged(`${JSON.stringify(name)} does not belong into a recording`);
    }
    if (this.#seen.has(name)) throw this.#damaged(`${name} is in it twice`);
    this.#seen.add(name);
    const hash = createHash("sha256");
    const output = await open(path.join(this.#folder, file), "wx");
    try {
      const end = this.#position + size;
      while (this.#position < end) {
        const part = await this.#read(input, Math.min(CHUNK_BYTES, end - this.#position));
        hash.update(part);
        for (let at = 0; at < part.length;) {
          at += (await output.write(part, at)).bytesWritten;
        }
        this.#options.progress?.(this.#position, this.#size);
      }
    } finally {
      await output.close();
    }
    this.#position += paddingOf(size);
    this.#sums += sumLine(name, hash.digest("hex"));
  }

  async #verify(input: FileHandle, size: number): Promise<void> {
    if (size > MAX_SUMS_BYTES) throw this.#damaged("its SHA256SUMS is too large");
    const parts: string[] = [];
    for (let left = size; left > 0;) {
      const part = await this.#read(input, Math.min(CHUNK_BYTES, left));
      parts.push(part.toString("latin1"));
      left -= part.length;
    }
    if (parts.join("") !== this.#sums) {
      throw this.#damaged("its content is not what its SHA256SUMS says");
    }
  }

  async #header(input: FileHandle): Promise<TarEntry | null> {
    const header = readTarHeader(await this.#read(input, TAR_BLOCK));
    if (!header.ok) throw this.#damaged(header.error);
    return header.value;
  }

  /** Exactly so many bytes, valid until the next read. */
  async #read(input: FileHandle, bytes: number): Promise<Buffer> {
    if (this.#options.signal?.aborted === true) throw cancelled();
    const { bytesRead } = await input.read(this.#chunk, 0, bytes, this.#position);
    if (bytesRead < bytes) throw this.#damaged("it is cut off");
    this.#position += bytes;
    return this.#chunk.subarray(0, bytes);
  }

  #damaged(what: string): StoreError {
    return new StoreError("corrupt_recording", `${this.#archive} is damaged: ${what}`);
  }
}
