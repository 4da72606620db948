// `code.duckdb` while it is made: its own DuckDB instance, whose memory holds what is staged.

import { rm, statfs } from "node:fs/promises";
import path from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "./duckdb.ts";
import type { CodeBatch, CodeTable } from "@elixirscope/trace";
import { CodeStage } from "./code-stage.ts";
import { createCodeSql, fillCodeSql } from "./code-tables.ts";
import { quote } from "./engine.ts";
import { cancelled } from "./sql.ts";
import { spillFolder } from "./spill-folder.ts";
import { StoreError } from "./store-error.ts";

const MEMORY_LIMIT = "256MB";
const SPACE_CHECK_ROWS = 200_000;
const INTERRUPT_MS = 20;

type Options = { readonly reserveBytes: number; readonly signal: AbortSignal | null };

export class CodeFile {
  readonly #file: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #stage: CodeStage;
  readonly #options: Options;
  readonly #spill: string;
  readonly #rows = new Map<CodeTable, number>();
  #unchecked = 0;

  private constructor(
    file: string,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    stage: CodeStage,
    spill: string,
    options: Options,
  ) {
    this.#file = file;
    this.#instance = instance;
    this.#connection = connection;
    this.#stage = stage;
    this.#spill = spill;
    this.#options = options;
  }

  static async create(file: string, options: Options): Promise<CodeFile> {
    await checkSpace(file, options.reserveBytes);
    const spill = spillFolder();
    const instance = await DuckDBInstance.create(":memory:", {
      threads: "2",
      memory_limit: MEMORY_LIMIT,
      temp_directory: spill,
      max_temp_directory_size: "8GB",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const connection = await instance.connect();
    try {
      await connection.run(`ATTACH ${quote(file)} AS code (STORAGE_VERSION 'latest')`);
      for (const sql of createCodeSql("code")) await connection.run(sql);
      const stage = await CodeStage.create(connection);
      return new CodeFile(file, instance, connection, stage, spill, options);
    } catch (cause) {
      connection.disconnectSync();
      instance.closeSync();
      throw cause;
    }
  }

  get rows(): Readonly<Partial<Record<CodeTable, number>>> {
    return Object.fromEntries(this.#rows);
  }

  async add(batch: CodeBatch): Promise<void> {
    this.#throwIfAborted();
    this.#unchecked += batch.rows;
    if (this.#unchecked > SPACE_CHECK_ROWS) {
      this.#unchecked = 0;
      await checkSpace(this.#file, this.#options.reserveBytes);
    }
    await this.#stage.add(batch);
    this.#rows.set(batch.table, (this.#rows.get(batch.table) ?? 0) + batch.rows);
  }

  /** Makes the tables of what was added; the file is complete after it. */
  async finish(facts: Readonly<Record<string, string>>): Promise<void> {
    await this.#interruptible(async () => {
      await this.#stage.finish();
      for (const table of this.#stage.tables) {
        this.#throwIfAborted();
        await checkSpace(this.#file, this.#options.reserveBytes);
        await this.#connection.run(fillCodeSql("code", table));
        await this.#connection.run(`DROP TABLE staged.${table}`);
      }
      for (const [name, value] of Object.entries(facts)) {
        await this.#connection.run(
          `INSERT INTO code.analysis VALUES (${quote(name)}, ${quote(value)})`,
        );
      }
      await this.#connection.run("CHECKPOINT code");
      await this.#connection.run("DETACH code");
    });
  }

  async close(): Promise<void> {
    this.#connection.disconnectSync();
    this.#instance.closeSync();
    await rm(this.#spill, { recursive: true, force: true });
  }

  async #interruptible(body: () => Promise<void>): Promise<void> {
    const { signal } = this.#options;
    // repeated: an interrupt between two steps of a statement is forgotten when the next step begins
    const timer = setInterval(() => {
      if (signal?.aborted === true) this.#connection.interrupt();
    }, INTERRUPT_MS);
    try {
      await body();
    } catch (cause) {
      this.#throwIfAborted();
      throw cause;
    } finally {
      clearInterval(timer);
    }
  }

  #throwIfAborted(): void {
    if (this.#options.signal?.aborted === true) throw cancelled();
  }
}

async function checkSpace(file: string, reserveBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(path.dirname(file));
  if (bavail * bsize >= reserveBytes) return;
  throw new StoreError(
    "disk_full",
    `the disk of ${file} is full but for ${Math.round(reserveBytes / 1024 / 1024)} MB: free some space (what was there before is kept)`,
  );
}
