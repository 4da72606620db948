// Opens a recording that nobody is writing. Nothing in the folder is changed: what a crash left
// behind (a write-ahead log, a torn payload block, the state "recording") is put right in memory.

import { existsSync } from "node:fs";
import path from "node:path";
import { CODE_FORMAT, type Manifest } from "@elixirscope/trace";
import { baseFile, codeFile, Engine, partFile, payloadFile } from "./engine.ts";
import { ioError } from "./io-error.ts";
import { isLockedByThisProcess } from "./live-lock.ts";
import { readManifest } from "./manifest-file.ts";
import { offsetOfRef, partOfRef, PayloadBlocks } from "./payload-blocks.ts";
import { countedManifest, listedParts } from "./recovery.ts";
import type { Recording } from "./recording.ts";
import type { QueryOptions, QueryResult } from "./sql.ts";
import { StoreError } from "./store-error.ts";
import { partDatabase } from "./views.ts";

export class RecordingReader implements Recording {
  readonly path: string;
  readonly #payloads: PayloadFiles;
  readonly #engine: Engine;
  #manifest: Manifest;

  private constructor(folder: string, manifest: Manifest, engine: Engine, payloads: PayloadFiles) {
    this.path = folder;
    this.#manifest = manifest;
    this.#engine = engine;
    this.#payloads = payloads;
  }

  /** Where `exportFolder` is given, `copyToParquet` can write there. */
  static async open(
    folder: string,
    { exportFolder = null }: { readonly exportFolder?: string | null } = {},
  ): Promise<RecordingReader> {
    const full = path.resolve(folder);
    const manifest = await readManifest(full);
    if (isLockedByThisProcess(full)) throw live(full);
    const payloads = new PayloadFiles(full);
    const engine = await Engine.create(full, payloads, null, exportFolder);
    const reader = new RecordingReader(full, manifest, engine, payloads);
    try {
      await reader.#attach();
      if (manifest.state === "recording") {
        reader.#manifest = { ...(await countedManifest(engine, manifest)), state: "interrupted" };
      }
    } catch (cause) {
      await reader.close();
      throw cause instanceof StoreError ? cause : openError(full, cause);
    }
    return reader;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return await this.#engine.query(sql, options);
  }

  payloads(refs: readonly number[]): readonly (Uint8Array | null)[] {
    return refs.map((ref) => this.#payloads.read(ref)?.slice() ?? null);
  }

  async copyToParquet(select: string, file: string, signal?: AbortSignal): Promise<void> {
    await this.#engine.copyToParquet(select, file, signal);
  }

  async close(): Promise<void> {
    await this.#engine.close();
    this.#payloads[Symbol.dispose]();
  }

  async #attach(): Promise<void> {
    const base = baseFile(this.path);
    if (!existsSync(base)) throw missing(this.path, base);
    await this.#engine.attach("base", base, "read");
    const parts = await listedParts(this.#engine);
    for (const part of parts) {
      const file = partFile(this.path, part);
      for (const needed of [file, payloadFile(this.path, part)]) {
        if (!existsSync(needed)) throw missing(this.path, needed);
      }
      await this.#engine.attach(partDatabase(part), file, "read");
    }
    if (parts.length === 0) {
      throw new StoreError("corrupt_recording", `${this.path} has no partition`);
    }
    await this.#attachCode();
    await this.#engine.createViews(parts);
  }

  async #attachCode(): Promise<void> {
    const format = await codeFormat(this.#engine, this.path);
    if (format === null || format <= CODE_FORMAT) return;
    throw new StoreError(
      "newer_format",
      `${codeFile(this.path)} has format ${format}, this version reads up to ${CODE_FORMAT}: update ElixirScope, or analyse again`,
    );
  }
}

/** Null where there are no code tables. */
async function codeFormat(engine: Engine, folder: string): Promise<number | null> {
  try {
    await engine.attachCode(folder);
    const rows = await engine.rows("SELECT value FROM code.analysis WHERE name = 'format'");
    return rows[0] === undefined ? null : Number(rows[0][0]);
  } catch (cause) {
    const error = ioError(`cannot open ${codeFile(folder)}`, cause);
    if (error.code !== "io_error") throw error;
    const advice = "analyse the project again, or remove the file to read the recording without it";
    throw new StoreError("corrupt_recording", `${error.message.trim()}: ${advice}`, { cause });
  }
}

/** The payload logs of a recording, opened when a term of theirs is first asked for. */
class PayloadFiles implements Disposable {
  readonly #folder: string;
  readonly #logs = new Map<number, PayloadBlocks | null>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(ref: number): Uint8Array | null {
    const part = partOfRef(ref);
    const log = this.#logs.has(part) ? this.#logs.get(part) : this.#open(part);
    return log?.read(offsetOfRef(ref)) ?? null;
  }

  [Symbol.dispose](): void {
    for (const log of this.#logs.values()) log?.[Symbol.dispose]();
    this.#logs.clear();
  }

  #open(part: number): PayloadBlocks | null {
    const file = payloadFile(this.#folder, part);
    // an expired part has none; remembering that spares a look for each of its rows
    const log = existsSync(file) ? PayloadBlocks.open(file) : null;
    this.#logs.set(part, log);
    return log;
  }
}

function live(folder: string): StoreError {
  return new StoreError(
    "recording_is_live",
    `${folder} is being recorded: query it through its session, or stop that first`,
  );
}

function missing(folder: string, file: string): StoreError {
  return new StoreError("corrupt_recording", `${folder} is incomplete: ${file} is missing`);
}

function openError(folder: string, cause: unknown): StoreError {
  const error = ioError(`cannot open ${folder}`, cause);
  if (error.code === "recording_is_live") return live(folder);
  if (error.code !== "io_error") return error;
  return new StoreError("corrupt_recording", error.message, { cause });
}
