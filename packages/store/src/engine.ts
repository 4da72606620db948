// One DuckDB instance over a recording's files: an in-memory catalog of views, the base file and one
// attached file per time partition. The writer and the reader differ only in what they attach writable.

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "./duckdb.ts";
import { createCodeSql } from "./code-tables.ts";
import type { PayloadSource } from "./payload-function.ts";
import { registerPayloadFunction } from "./payload-function.ts";
import { cancelled, RunningQuery, type QueryOptions, type QueryResult } from "./sql.ts";
import { spillFolder } from "./spill-folder.ts";
import type { Stage } from "./stage.ts";
import { StoreError } from "./store-error.ts";
import { registerTermFunctions } from "./term-functions.ts";
import { publicViewsSql, rawViewsSql, type StoredColumns } from "./views.ts";

/** Queries at once; each holds one of libuv's four threads, and commits need one too. */
const QUERY_CONNECTIONS = 2;
const MEMORY_LIMIT = "256MB";
const INTERRUPT_MS = 20;
/** A crash replays at most this much; smaller makes commits stall for checkpoints more often. */
const CHECKPOINT_THRESHOLD = "64MB";

/**
 * A quarter and a half of what DuckDB takes by itself. Most questions look at one row group, mostly for the first time,
 * and a block that is read costs its pages twice (read, and mapped into memory), whatever is wanted of it: 0.4 ms for
 * 256 KiB, 0.04 ms for 64. In smaller blocks DuckDB cannot pack numbers any more.
 */
const LAYOUT = "BLOCK_SIZE 65536, ROW_GROUP_SIZE 61440";
const STORAGE = "STORAGE_VERSION 'latest'";

type Waiting = {
  readonly resolve: (connection: DuckDBConnection) => void;
  readonly reject: (error: StoreError) => void;
};

export type Access = "read" | "write";

/** What is not ours may lack columns that this version has; to look takes longer than all else about views. */
export type PartsOrigin = "ours" | "of any version";

export class Engine {
  readonly #instance: DuckDBInstance;
  /** for set-up and commits; never runs a user's SQL */
  readonly connection: DuckDBConnection;
  readonly #idle: DuckDBConnection[] = [];
  readonly #spill: string;
  #connections = 0;
  #queue: Waiting[] = [];
  readonly #running = new Map<RunningQuery, Promise<unknown>>();
  #closed = false;
  #makeViews: (() => Promise<void>) | null = null;
  #views: Promise<void> | null = null;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, spill: string) {
    this.#instance = instance;
    this.connection = connection;
    this.#spill = spill;
  }

  static async create(
    folder: string,
    payloads: PayloadSource,
    stage: Stage | null,
    exportFolder: string | null = null,
  ): Promise<Engine> {
    const spill = spillFolder();
    const instance = await DuckDBInstance.create(":memory:", {
      // An insert waits for our own thread to give its rows: with a second thread, the first one polls
      // meanwhile, which was 40% of what a row costs. Whoever asks meanwhile has a thread all the same.
      threads: stage === null ? "2" : "1",
      // For ORDER BY with a short LIMIT, DuckDB reads a table twice, the second time only the rows that are
      // wanted. We look in short windows of time, where planning that takes longer than it saves.
      late_materialization_max_rows: "0",
      memory_limit: MEMORY_LIMIT,
      checkpoint_threshold: CHECKPOINT_THRESHOLD,
      temp_directory: spill,
      max_temp_directory_size: "4GB",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const connection = await instance.connect();
    stage?.register(connection);
    registerPayloadFunction(connection, payloads);
    registerTermFunctions(connection);
    await connection.run("CREATE SCHEMA raw");
    await connection.run("CREATE SCHEMA refs");
    // a user's SQL shares the instance: from here on nothing outside this folder can be reached
    const allowed = exportFolder === null ? [folder] : [folder, exportFolder];
    await connection.run(`SET allowed_directories = [${allowed.map(quote).join(", ")}]`);
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    return new Engine(instance, connection, spill);
  }

  async attach(database: string, file: string, access: Access): Promise<void> {
    // one that is there stays as it is laid out
    const written = existsSync(file) ? STORAGE : `${STORAGE}, ${LAYOUT}`;
    const options = access === "read" ? "READ_ONLY" : written;
    await this.connection.run(`ATTACH ${quote(file)} AS ${database} (${options})`);
  }

  async detach(database: string): Promise<void> {
    await this.connection.run(`DETACH ${database}`);
  }

  /** Attaches the code tables of the folder, or empty ones in memory. */
  async attachCode(folder: string): Promise<void> {
    const file = codeFile(folder);
    if (existsSync(file)) await this.attach("code", file, "read");
    else await createCode(this.connection);
  }

  /** Needs `base`, `code` and at least one part attached. */
  async createViews(parts: readonly number[]): Promise<void> {
    await this.setParts(parts, "of any version");
    await createPublicViews(this.connection);
  }

  /**
   * The views of a recording that this very version has begun; the public ones, and the code tables below them, only
   * when somebody first asks: a tenth of a second, that a recorded command has better use for.
   */
  async createViewsOnDemand(parts: readonly number[]): Promise<void> {
    await this.setParts(parts, "ours");
    this.#makeViews = async (): Promise<void> => {
      // commits have transactions of their own on the other one
      const connection = await this.connect();
      try {
        await createCode(connection);
        await createPublicViews(connection);
      } finally {
        connection.disconnectSync();
      }
    };
  }

  async setParts(parts: readonly number[], origin: PartsOrigin): Promise<void> {
    const stored = origin === "ours" ? null : await this.#storedColumns();
    for (const sql of rawViewsSql(parts, stored)) await this.connection.run(sql);
  }

  /** One more, for work beside commits and queries; who asks for it disconnects it before this closes. */
  async connect(): Promise<DuckDBConnection> {
    return await this.#instance.connect();
  }

  async rows(sql: string): Promise<QueryResult["rows"]> {
    const query = new RunningQuery(this.connection);
    return (await query.run(sql, { limit: Number.MAX_SAFE_INTEGER })).rows;
  }

  async query(sql: string, options: QueryOptions): Promise<QueryResult> {
    await this.#viewsMade();
    const connection = await this.#acquire(options.signal);
    const query = new RunningQuery(connection);
    try {
      if (this.#closed) throw closed();
      const result = query.run(sql, options);
      this.#running.set(query, result);
      return await result;
    } catch (cause) {
      if (this.#closed) throw closed(cause);
      throw cause;
    } finally {
      this.#running.delete(query);
      this.#release(connection);
    }
  }

  /** Writes rows to a Parquet file in the export folder. */
  async copyToParquet(select: string, file: string, signal?: AbortSignal): Promise<void> {
    const timer = setInterval(() => {
      if (signal?.aborted === true) this.connection.interrupt();
    }, INTERRUPT_MS);
    try {
      if (signal?.aborted === true) throw cancelled();
      await this.#viewsMade();
      await this.connection.run(
        `COPY (${select}) TO ${quote(file)} (FORMAT parquet, COMPRESSION zstd)`,
      );
    } catch (cause) {
      throw signal?.aborted === true ? cancelled() : cause;
    } finally {
      clearInterval(timer);
    }
  }

  /** Interrupts what runs, then closes every file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#queue.splice(0)) waiting.reject(closed());
    // on a connection of its own; whoever waits for them is told of a failure
    await this.#views?.catch(() => undefined);
    while (this.#running.size > 0) {
      for (const query of this.#running.keys()) query.stop(closed());
      await Promise.allSettled(this.#running.values());
    }
    for (const connection of this.#idle) connection.disconnectSync();
    this.connection.disconnectSync();
    this.#instance.closeSync();
    await rm(this.#spill, { recursive: true, force: true });
  }

  async #storedColumns(): Promise<StoredColumns> {
    const columns = await this.rows(
      "SELECT concat_ws('.', database_name, table_name, column_name) FROM duckdb_columns()",
    );
    return new Set(columns.map(([name]) => (typeof name === "string" ? name : "")));
  }

  /** Once, whoever asks first; who asks meanwhile waits, too. Rejects when it has closed, also while they were made. */
  async #viewsMade(): Promise<void> {
    if (this.#closed) throw closed();
    if (this.#makeViews === null) return;
    this.#views ??= this.#makeViews();
    await this.#views;
    if (this.#closed) throw closed();
  }

  async #acquire(signal: AbortSignal | undefined): Promise<DuckDBConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#connections < QUERY_CONNECTIONS) {
      this.#connections++;
      return await this.#instance.connect();
    }
    return await new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#queue = this.#queue.filter((other) => other !== waiting);
        reject(cancelled());
      };
      const waiting: Waiting = {
        resolve: (connection) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(connection);
        },
        reject,
      };
      this.#queue.push(waiting);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  #release(connection: DuckDBConnection): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#idle.push(connection);
    else next.resolve(connection);
  }
}

function closed(cause?: unknown): StoreError {
  return new StoreError("closed", "the recording is closed", { cause });
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function partFile(folder: string, part: number): string {
  return path.join(folder, "parts", `${String(part).padStart(4, "0")}.duckdb`);
}

export function payloadFile(folder: string, part: number): string {
  return path.join(folder, "parts", `${String(part).padStart(4, "0")}.payload`);
}

/** The tables of the analysed project; absent when it was not analysed. */
export function codeFile(folder: string): string {
  return path.join(folder, "code.duckdb");
}

export function baseFile(folder: string): string {
  return path.join(folder, "base.duckdb");
}

/** Empty ones. */
async function createCode(connection: DuckDBConnection): Promise<void> {
  await connection.run("ATTACH ':memory:' AS code");
  for (const sql of createCodeSql("code")) await connection.run(sql);
}

async function createPublicViews(connection: DuckDBConnection): Promise<void> {
  for (const sql of publicViewsSql()) await connection.run(sql);
}
