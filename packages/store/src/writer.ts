// Writes a recording, and answers queries about it while it grows.
//
// Rows are staged in typed arrays and payloads in a block; a commit moves what is staged into DuckDB.
// Commits run one after another: by timer, when a page is full, and before each query, which
// therefore sees everything that was staged when it was asked.

import { rm, statfs } from "node:fs/promises";
import path from "node:path";
import type { Manifest, StopReason } from "@elixirscope/trace";
import { BaseRows, type RowTable } from "./base-rows.ts";
import { type CommitExtent, CommitQueue } from "./commit-queue.ts";
import type { FunctionDictionary, NameDictionary, PidDictionary } from "./dictionary.ts";
import { DIGEST_EVENTS } from "./digest.ts";
import { baseFile, Engine } from "./engine.ts";
import { Inserter, transaction } from "./insert.ts";
import { ioError } from "./io-error.ts";
import { removeLock, writeLock } from "./live-lock.ts";
import { readManifest, writeManifest } from "./manifest-file.ts";
import { PartSet, type Rotation } from "./parts.ts";
import { makeFolder } from "./recording-folder.ts";
import { expireParts, type Retention, rotationFor } from "./retention.ts";
import { type BaseRow, createBaseSql } from "./physical.ts";
import { countedManifest, listedParts, restoreDictionaries } from "./recovery.ts";
import type { Recording } from "./recording.ts";
import type { QueryOptions, QueryResult } from "./sql.ts";
import { Stage } from "./stage.ts";
import { StoreError } from "./store-error.ts";
import { TableBuffers } from "./table-buffers.ts";

export type WriterOptions = {
  readonly flushIntervalMs?: number;
  /** rows and payloads in memory above which `ready()` waits */
  readonly stagedBytes?: number;
  readonly rotation?: Partial<Rotation>;
  readonly retention?: Retention;
  /** partitions of at least so many events get a digest */
  readonly digestEvents?: number;
  /** free bytes on the disk below which writing stops with `disk_full` */
  readonly reserveBytes?: number;
  /** told once when writing has failed for good */
  readonly onFailure?: (error: StoreError) => void;
};

const DEFAULTS = {
  flushIntervalMs: 500,
  stagedBytes: 32 * 1024 * 1024,
  retention: {},
  digestEvents: DIGEST_EVENTS,
  reserveBytes: 16 * 1024 * 1024,
} as const;
const SYNC_INTERVAL_MS = 1_000;

/** What a session may change in the manifest while it runs. */
export type ManifestPatch = Partial<
  Pick<Manifest, "target" | "startedAtNs" | "durationNs" | "plan" | "loss" | "imported">
>;

export class RecordingWriter implements Recording {
  readonly path: string;
  readonly #buffers: TableBuffers;
  readonly #base = new BaseRows();
  readonly #stage = new Stage();
  readonly #inserter: Inserter;
  readonly #queue: CommitQueue;
  readonly #parts: PartSet;
  readonly #options: Required<Omit<WriterOptions, "onFailure" | "rotation">>;
  readonly #rotation: Rotation;
  #engine: Engine | null = null;
  #manifest: Manifest;
  #timer: NodeJS.Timeout | null = null;
  #saving: Promise<void> = Promise.resolve();
  #lastSync = 0;
  #committedAt = -Infinity;
  #isLocked = false;
  #closed = false;
  #closing: Promise<void> | null = null;

  private constructor(folder: string, manifest: Manifest, options: WriterOptions) {
    this.path = folder;
    this.#manifest = manifest;
    this.#options = { ...DEFAULTS, ...options };
    this.#rotation = rotationFor(options.rotation ?? {}, this.#options.retention);
    this.#queue = new CommitQueue(
      (extent) => this.#commitNow(extent),
      (cause) => {
        const error = ioError(`cannot write to ${folder}`, cause);
        options.onFailure?.(error);
        return error;
      },
    );
    this.#buffers = new TableBuffers(() => void this.#queue.commit("rows"));
    this.#inserter = new Inserter(this.#buffers, this.#base, this.#stage);
    this.#parts = new PartSet(folder, () => this.#opened(), this.#options.digestEvents);
  }

  /** Makes the folder, which must not exist or be empty. */
  static async create(
    folder: string,
    manifest: Manifest,
    options: WriterOptions = {},
  ): Promise<RecordingWriter> {
    const full = path.resolve(folder);
    await makeFolder(full);
    const fresh: Manifest = { ...manifest, state: "recording", stopped: null };
    try {
      const writer = new RecordingWriter(full, fresh, options);
      return await writer.#start(
        async (engine) => {
          await transaction(engine.connection, async () => {
            for (const sql of createBaseSql("base")) await engine.connection.run(sql);
          });
        },
        async (engine) => await engine.createViewsOnDemand(writer.#parts.numbers),
      );
    } catch (cause) {
      // what was begun is no recording, and would be in the way of the next attempt
      await rm(full, { recursive: true, force: true });
      throw cause;
    }
  }

  /** Goes on with a recording whose writer died, also in this process (a crashed worker); rows go to a new partition. */
  static async resume(folder: string, options: WriterOptions = {}): Promise<RecordingWriter> {
    const full = path.resolve(folder);
    const manifest = await readManifest(full);
    if (manifest.state === "closed") {
      throw new StoreError(
        "closed",
        `${full} was closed in order: a new recording needs a new folder`,
      );
    }
    const writer = new RecordingWriter(full, manifest, options);
    return await writer.#start(
      async (engine) => {
        await restoreDictionaries(engine, writer.#base);
        await writer.#parts.adopt(await listedParts(engine));
      },
      async (engine) => {
        await engine.attachCode(full);
        await engine.createViews(writer.#parts.numbers);
      },
    );
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  get pids(): PidDictionary {
    return this.#base.pids;
  }

  /** Short text that repeats: callbacks, levels, metric names. */
  get names(): NameDictionary {
    return this.#base.names;
  }

  get functions(): FunctionDictionary {
    return this.#base.functions;
  }

  /** One buffer per table: `const i = tables.events.next(); tables.events.columns.t[i] = …`. */
  get tables(): TableBuffers["tables"] {
    return this.#buffers.tables;
  }

  /** Set once writing has failed for good; what was flushed before stays readable. */
  get failure(): StoreError | null {
    return this.#queue.failure;
  }

  /** More is staged than should be: await `ready()` before adding more. */
  get congested(): boolean {
    const staged = this.#buffers.stagedBytes + this.#parts.payload.pendingBytes;
    return staged > this.#options.stagedBytes;
  }

  /** Resolves when there is room to stage more; rejects when writing has failed. */
  async ready(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    while (this.congested) {
      await this.#queue.commitOrThrow("rows");
      if (this.congested) await this.#queue.commitOrThrow("written");
    }
  }

  /** Keeps the external term `bytes[start, end)` and returns its reference for a `ref` column. */
  payload(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
    return this.#parts.payload.append(bytes, start, end);
  }

  /** The same for a term whose first bytes (at least the leading 131) are not where the others are. */
  payloadAfter(head: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
    return this.#parts.payload.appendAfter(head, bytes, start, end);
  }

  /** A row of a small table. Rows of `processes` with the same pid are merged, also with earlier ones. */
  add<T extends RowTable>(table: T, row: BaseRow<T>): void {
    this.#base.add(table, row);
  }

  /**
   * `fill` adds the calls and messages that are open right now to `tables.open_calls` and
   * `tables.open_messages`. It runs at each commit and replaces what it gave before.
   */
  setOpenRows(fill: () => void): void {
    this.#inserter.fillOpen = fill;
  }

  /** Everything staged becomes visible and durable. */
  async flush(): Promise<void> {
    await this.#queue.commitOrThrow("durable");
  }

  /** Sees all rows staged before, unless they may be stale; after a failure, those that were flushed. */
  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    if (this.#closed) throw new StoreError("closed", "the recording is closed");
    const { staleMs = 0 } = options;
    if (performance.now() - this.#committedAt >= staleMs) {
      // rows that a running commit has taken are nowhere to be seen until it ends
      if (this.#inserter.hasRows) await this.#queue.commit("rows");
      else await this.#queue.settled();
    }
    return await this.#opened().query(sql, options);
  }

  async updateManifest(patch: ManifestPatch): Promise<void> {
    this.#manifest = { ...this.#manifest, ...patch };
    await this.#save();
  }

  /** Flushes and ends the recording; after a failure, `stopped` is noted beside what was flushed. */
  close(stopped: StopReason): Promise<void> {
    this.#closing ??= this.#closeNow(stopped);
    return this.#closing;
  }

  /**
   * Ends without completing, as a crash would: what was committed stays, `resume` goes on from there.
   *
   * A worker thread that fails must await this before it exits. Node aborts the whole process when a
   * thread ends while one of its DuckDB calls is under way.
   */
  abandon(): Promise<void> {
    this.#closing ??= this.#abandonNow();
    return this.#closing;
  }

  async #abandonNow(): Promise<void> {
    this.#closed = true;
    await this.#queue.close();
    await this.#release();
  }

  async #closeNow(stopped: StopReason): Promise<void> {
    this.#closed = true;
    await this.#queue.commit("durable");
    await this.#queue.close();
    try {
      if (this.failure === null) await this.#complete();
      else await this.#count().catch(() => undefined); // a full disk may not even let it count
      this.#manifest = { ...this.#manifest, state: "closed", stopped };
      await this.#save();
    } catch (cause) {
      throw ioError(`cannot close the recording ${this.path}`, cause);
    } finally {
      await this.#release();
    }
  }

  async #start(
    prepare: (engine: Engine) => Promise<void>,
    createViews: (engine: Engine) => Promise<void>,
  ): Promise<this> {
    try {
      await this.#checkSpace();
      const engine = await Engine.create(this.path, this.#parts, this.#stage);
      this.#engine = engine;
      await engine.attach("base", baseFile(this.path), "write");
      // only now is it ours: the note of a living writer must stay
      writeLock(this.path);
      this.#isLocked = true;
      await prepare(engine);
      await this.#parts.begin();
      await createViews(engine);
      await this.#save();
    } catch (cause) {
      await this.#release();
      throw ioError(`cannot write the recording ${this.path}`, cause);
    }
    this.#timer = setInterval(
      () => void this.#queue.commit("written"),
      this.#options.flushIntervalMs,
    );
    this.#timer.unref();
    return this;
  }

  async #complete(): Promise<void> {
    await this.#parts.payload.finish();
    await this.#parts.seal(this.#parts.payload.part);
    await this.#count();
    await this.#parts.digested();
    await this.#opened().connection.run("CHECKPOINT base");
  }

  async #count(): Promise<void> {
    this.#manifest = await countedManifest(this.#opened(), this.#manifest);
  }

  /** One at a time: they all go through the same file beside `recording.json`. */
  #save(): Promise<void> {
    const write = (): Promise<void> => writeManifest(this.path, this.#manifest);
    this.#saving = this.#saving.then(write, write);
    return this.#saving;
  }

  #opened(): Engine {
    if (this.#engine === null) throw new StoreError("closed", "the recording is not open");
    return this.#engine;
  }

  async #release(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#parts.stopDigests();
    await this.#engine?.close();
    await this.#parts.close();
    if (this.#isLocked) removeLock(this.path);
  }

  async #commitNow(extent: CommitExtent): Promise<void> {
    const { payload } = this.#parts;
    if (payload.failure !== null) throw payload.failure;
    if (extent !== "rows") await this.#checkSpace();
    const began = performance.now();
    this.#parts.addRows(
      await this.#inserter.insert(this.#opened().connection, this.#parts.database),
    );
    // what was staged since then is not there
    this.#committedAt = began;
    if (extent !== "rows") {
      await payload.write();
      if (extent === "durable" || performance.now() - this.#lastSync >= SYNC_INTERVAL_MS) {
        this.#lastSync = performance.now();
        await payload.sync();
      }
      await this.#parts.measure();
    }
    if (this.#parts.isDue(this.#rotation)) await this.#parts.rotate();
    if (extent === "rows") return;
    const expired = await expireParts(this.#parts, this.#options.retention);
    if (expired > 0) await this.#addExpired(expired);
  }

  async #addExpired(events: number): Promise<void> {
    const { loss } = this.#manifest;
    await this.updateManifest({ loss: { ...loss, expired: (loss["expired"] ?? 0) + events } });
  }

  async #checkSpace(): Promise<void> {
    const { reserveBytes } = this.#options;
    const { bavail, bsize } = await statfs(this.path);
    if (bavail * bsize >= reserveBytes) return;
    throw new StoreError(
      "disk_full",
      `the disk of ${this.path} is full but for ${Math.round(reserveBytes / 1024 / 1024)} MB: free some space (what was flushed is kept)`,
    );
  }
}
