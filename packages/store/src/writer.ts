// Writes a recording, and answers queries about it while it grows.
//
// Rows are staged in typed arrays and payloads in a block; a commit moves what is staged into DuckDB.
// Commits run one after another: by timer, when a page is full, and before each query, which
// therefore sees everything that was staged when it was asked.

import { mkdir, readdir, statfs } from "node:fs/promises";
import path from "node:path";
import type { Manifest, StopReason } from "@elixirscope/trace";
import { BaseRows } from "./base-rows.ts";
import { FunctionDictionary, NameDictionary, PidDictionary } from "./dictionary.ts";
import { baseFile, Engine } from "./engine.ts";
import { ioError, isErrno } from "./io-error.ts";
import { removeLock, writeLock } from "./live-lock.ts";
import { writeManifest } from "./manifest-file.ts";
import { PartSet, type Rotation } from "./parts.ts";
import {
  type BaseRow,
  createBaseSql,
  insertBaseSql,
  insertPartSql,
  OPEN_TABLES,
} from "./physical.ts";
import type { Recording } from "./recording.ts";
import type { QueryOptions, QueryResult } from "./sql.ts";
import { Stage } from "./stage.ts";
import { StoreError } from "./store-error.ts";
import { TableBuffers } from "./table-buffers.ts";

export type Retention = {
  /** partitions that ended longer ago are removed */
  readonly maxAgeMs?: number;
  /** the oldest partitions are removed while the recording is larger */
  readonly maxBytes?: number;
};

export type WriterOptions = {
  readonly flushIntervalMs?: number;
  /** rows and payloads in memory above which `ready()` waits */
  readonly stagedBytes?: number;
  readonly rotation?: Partial<Rotation>;
  readonly retention?: Retention;
  /** free bytes on the disk below which writing stops with `disk_full` */
  readonly reserveBytes?: number;
  /** told once when writing has failed for good */
  readonly onFailure?: (error: StoreError) => void;
};

const DEFAULTS = {
  flushIntervalMs: 500,
  stagedBytes: 64 * 1024 * 1024,
  rotation: { rows: 8_000_000, bytes: 1024 * 1024 * 1024, ageMs: null },
  reserveBytes: 16 * 1024 * 1024,
} as const;
const SYNC_INTERVAL_MS = 1_000;

/** What a session may change in the manifest while it runs. */
export type ManifestPatch = Partial<Pick<Manifest, "target" | "durationNs" | "plan" | "loss">>;

export class RecordingWriter implements Recording {
  readonly path: string;
  readonly pids: PidDictionary = new PidDictionary();
  readonly names: NameDictionary = new NameDictionary();
  readonly functions: FunctionDictionary = new FunctionDictionary();
  readonly #buffers: TableBuffers;
  readonly #base = new BaseRows();
  readonly #stage = new Stage();
  readonly #parts: PartSet;
  readonly #options: WriterOptions;
  readonly #rotation: Rotation;
  readonly #stagedBytes: number;
  readonly #reserveBytes: number;
  #engine: Engine | null = null;
  #manifest: Manifest;
  #fillOpen: (() => void) | null = null;
  #commits: Promise<void> = Promise.resolve();
  #queued: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastSync = 0;
  #openRows = 0;
  #failure: StoreError | null = null;
  #closed = false;

  private constructor(folder: string, manifest: Manifest, options: WriterOptions) {
    this.path = folder;
    this.#manifest = manifest;
    this.#options = options;
    this.#stagedBytes = options.stagedBytes ?? DEFAULTS.stagedBytes;
    this.#reserveBytes = options.reserveBytes ?? DEFAULTS.reserveBytes;
    this.#rotation = rotationFor(options);
    this.#buffers = new TableBuffers(() => this.#commitSoon());
    this.#parts = new PartSet(folder, () => this.#opened());
  }

  /** Makes the folder, which must not exist or be empty. */
  static async create(
    folder: string,
    manifest: Manifest,
    options: WriterOptions = {},
  ): Promise<RecordingWriter> {
    const full = path.resolve(folder);
    await makeFolder(full);
    const writer = new RecordingWriter(
      full,
      { ...manifest, state: "recording", stopped: null },
      options,
    );
    try {
      await writer.#begin();
    } catch (cause) {
      await writer.#release();
      throw ioError(`cannot create the recording ${full}`, cause);
    }
    return writer;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** One buffer per table: `const i = tables.events.next(); tables.events.columns.t[i] = …`. */
  get tables(): TableBuffers["tables"] {
    return this.#buffers.tables;
  }

  /** Set once writing has failed; what was flushed before stays readable. */
  get failure(): StoreError | null {
    return this.#failure;
  }

  /** More is staged than should be: await `ready()` before adding more. */
  get congested(): boolean {
    return this.#buffers.stagedBytes + this.#parts.pendingBytes > this.#stagedBytes;
  }

  /** Resolves when there is room to stage more; rejects when writing has failed. */
  async ready(): Promise<void> {
    while (this.#failure === null && this.congested) await this.#commit("rows");
    if (this.#failure !== null) throw this.#failure;
  }

  /** Keeps the external term `bytes[start, end)` and returns its reference for a `ref` column. */
  payload(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
    return this.#parts.payload.append(bytes, start, end);
  }

  /** A row of a small table. Rows of `processes` with the same pid are merged, also with earlier ones. */
  add<T extends "processes" | "gaps" | "modules" | "sites" | "sources">(
    table: T,
    row: BaseRow<T>,
  ): void {
    this.#base.add(table, row);
  }

  /**
   * `fill` adds the calls and messages that are open right now to `tables.open_calls` and
   * `tables.open_messages`; it runs at each commit and replaces what it gave before.
   */
  setOpenRows(fill: () => void): void {
    this.#fillOpen = fill;
  }

  /** Everything staged becomes visible and durable. */
  async flush(): Promise<void> {
    await this.#commit("durable");
    if (this.#failure !== null) throw this.#failure;
  }

  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    if (this.#closed) throw new StoreError("closed", "the recording is closed");
    if (this.#failure === null && this.#hasStaged()) await this.#commit("rows");
    return await this.#opened().query(sql, options);
  }

  async updateManifest(patch: ManifestPatch): Promise<void> {
    this.#manifest = { ...this.#manifest, ...patch };
    await writeManifest(this.path, this.#manifest);
  }

  /** Flushes and ends the recording; after a failure it keeps what was flushed. */
  async close(stopped: StopReason): Promise<void> {
    if (this.#closed) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#commit("durable");
    this.#closed = true;
    await this.#commits;
    const engine = this.#opened();
    try {
      if (this.#failure === null) {
        await this.#parts.payload.finish();
        await this.#parts.seal(this.#parts.payload.part);
        await engine.connection.run("CHECKPOINT base");
      }
      this.#manifest = {
        ...this.#manifest,
        state: "closed",
        stopped,
        counts: this.#buffers.counts(),
      };
      await writeManifest(this.path, this.#manifest);
    } catch (cause) {
      throw ioError(`cannot close the recording ${this.path}`, cause);
    } finally {
      await this.#release();
    }
  }

  async #begin(): Promise<void> {
    writeLock(this.path);
    this.#engine = await Engine.create(this.path, this.#parts, this.#stage);
    await this.#engine.attach("base", baseFile(this.path), "write");
    for (const sql of createBaseSql("base")) await this.#engine.connection.run(sql);
    await this.#parts.begin();
    await this.#engine.createViews(this.#parts.numbers);
    await writeManifest(this.path, this.#manifest);
    const interval = this.#options.flushIntervalMs ?? DEFAULTS.flushIntervalMs;
    this.#timer = setInterval(() => void this.#commit("written"), interval);
    this.#timer.unref();
  }

  #opened(): Engine {
    if (this.#engine === null) throw new StoreError("closed", "the recording is not open");
    return this.#engine;
  }

  async #release(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#engine?.close();
    this.#parts[Symbol.dispose]();
    removeLock(this.path);
  }

  #hasStaged(): boolean {
    return this.#buffers.hasRows || this.#base.hasRows(this.pids, this.names, this.functions);
  }

  #commitSoon(): void {
    void this.#commit("rows");
  }

  /**
   * One commit runs, one may wait; whoever asks meanwhile shares the waiting one. Never rejects: a
   * failure is kept in `#failure` for those who wait for durability.
   */
  #commit(extent: "rows" | "written" | "durable"): Promise<void> {
    if (extent === "rows" && this.#queued !== null) return this.#queued;
    const commit = this.#commits.then(async () => {
      if (this.#queued === commit) this.#queued = null;
      if (this.#failure !== null || this.#closed) return;
      try {
        await this.#commitNow(extent);
      } catch (cause) {
        this.#failure = ioError(`cannot write to ${this.path}`, cause);
        this.#options.onFailure?.(this.#failure);
      }
    });
    this.#commits = commit;
    this.#queued = commit;
    return commit;
  }

  async #commitNow(extent: "rows" | "written" | "durable"): Promise<void> {
    if (extent !== "rows") await this.#checkSpace();
    await this.#insert();
    if (extent === "rows" && !this.#parts.isDue(this.#rotation)) return;
    await this.#parts.payload.write();
    if (extent === "durable" || performance.now() - this.#lastSync >= SYNC_INTERVAL_MS) {
      this.#lastSync = performance.now();
      await this.#parts.payload.sync();
    }
    await this.#parts.measure();
    if (this.#parts.isDue(this.#rotation)) await this.#rotate();
    await this.#retain();
  }

  async #insert(): Promise<void> {
    const connection = this.#opened().connection;
    const mayHaveOpen = this.#buffers.hasRows;
    if (mayHaveOpen) this.#fillOpen?.();
    // taken at one moment: rows, what is open beside them, and the dictionaries they name
    const pages = this.#buffers.take();
    const base = this.#base.take(this.pids, this.names, this.functions);
    if (base.length > 0) {
      await connection.run("BEGIN");
      for (const { table, rows } of base) {
        this.#stage.setRows(table, rows);
        await connection.run(insertBaseSql("base", table));
        this.#stage.clear(table);
      }
      await connection.run("COMMIT");
    }
    if (pages.length === 0) return;
    await connection.run("BEGIN");
    const database = this.#parts.database;
    if (this.#openRows > 0)
      for (const table of OPEN_TABLES) await connection.run(`DELETE FROM ${database}.${table}`);
    for (const taken of pages) {
      this.#stage.setPages(taken.table, taken.pages);
      await connection.run(insertPartSql(database, taken.table));
      this.#stage.clear(taken.table);
    }
    await connection.run("COMMIT");
    this.#openRows = 0;
    for (const taken of pages) {
      if (taken.isOpen) this.#openRows += taken.rows;
      else this.#parts.addRows(taken.rows);
      taken.recycle();
    }
  }

  async #checkSpace(): Promise<void> {
    if (this.#reserveBytes === 0) return;
    const { bavail, bsize } = await statfs(this.path);
    if (bavail * bsize >= this.#reserveBytes) return;
    throw new StoreError(
      "disk_full",
      `less than ${this.#reserveBytes} bytes are free for ${this.path}: recording stops, what was flushed is kept`,
    );
  }

  async #rotate(): Promise<void> {
    await this.#parts.rotate();
    this.#openRows = 0;
  }

  async #retain(): Promise<void> {
    const { maxAgeMs, maxBytes } = this.#options.retention ?? {};
    for (;;) {
      const oldest = this.#parts.oldest();
      if (oldest === null) return;
      const tooOld = maxAgeMs !== undefined && Date.now() - oldest.sealedMs > maxAgeMs;
      const tooLarge = maxBytes !== undefined && this.#parts.totalBytes > maxBytes;
      if (!tooOld && !tooLarge) return;
      const { events } = await this.#parts.expire(oldest.number);
      const loss = {
        ...this.#manifest.loss,
        expired: (this.#manifest.loss["expired"] ?? 0) + events,
      };
      await this.updateManifest({ loss });
    }
  }
}

/** Retention removes whole partitions, so its limits bound how large and long one may be. */
function rotationFor({ rotation = {}, retention = {} }: WriterOptions): Rotation {
  const { maxAgeMs, maxBytes } = retention;
  const bytes = rotation.bytes ?? DEFAULTS.rotation.bytes;
  return {
    rows: rotation.rows ?? DEFAULTS.rotation.rows,
    bytes: maxBytes === undefined ? bytes : Math.min(bytes, maxBytes / 8),
    ageMs: rotation.ageMs ?? (maxAgeMs === undefined ? null : maxAgeMs / 8),
  };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(path.join(folder, ".."), { recursive: true });
    await mkdir(folder).catch(async (cause: unknown) => {
      if (!isErrno(cause, "EEXIST")) throw cause;
      const entries = await readdir(folder);
      if (entries.length > 0) {
        throw new StoreError(
          "exists",
          `${folder} exists already: choose another name or remove it`,
          { cause },
        );
      }
    });
    await mkdir(path.join(folder, "parts"));
  } catch (cause) {
    if (isErrno(cause, "ENOTDIR")) {
      throw new StoreError("exists", `${folder} exists already and is not a folder`, { cause });
    }
    throw ioError(`cannot create ${folder}`, cause);
  }
}
