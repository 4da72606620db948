// Moves what is staged into the database: first what rows refer to (base), then the rows (part).

import type { DuckDBConnection } from "@duckdb/node-api";
import type { BaseRows } from "./base-rows.ts";
import { insertBaseSql, insertPartSql, OPEN_TABLES } from "./physical.ts";
import type { Stage } from "./stage.ts";
import type { TableBuffers } from "./table-buffers.ts";

export class Inserter {
  readonly #buffers: TableBuffers;
  readonly #base: BaseRows;
  readonly #stage: Stage;
  /** the part holds rows of what is open, to be replaced at the next commit */
  #hasOpen = false;
  fillOpen: (() => void) | null = null;

  constructor(buffers: TableBuffers, base: BaseRows, stage: Stage) {
    this.#buffers = buffers;
    this.#base = base;
    this.#stage = stage;
  }

  get hasRows(): boolean {
    return this.#buffers.hasRows || this.#base.hasRows;
  }

  /** Returns how many rows the part has got. */
  async insert(connection: DuckDBConnection, database: string): Promise<number> {
    // whatever opens or closes a call or message also adds rows: without any, the open ones are the same
    if (this.#buffers.hasRows) this.fillOpen?.();
    // taken at one moment: rows, what is open beside them, and the text they name
    const pages = this.#buffers.take();
    const base = this.#base.take();

    if (base.length > 0) {
      await transaction(connection, async () => {
        for (const { table, rows } of base) {
          this.#stage.setRows(table, rows);
          await connection.run(insertBaseSql("base", table));
          this.#stage.clear(table);
        }
      });
    }
    if (pages.length === 0) return 0;

    await transaction(connection, async () => {
      if (this.#hasOpen) {
        for (const table of OPEN_TABLES) await connection.run(`DELETE FROM ${database}.${table}`);
      }
      for (const { table, pages: staged } of pages) {
        this.#stage.setPages(table, staged);
        await connection.run(insertPartSql(database, table));
        this.#stage.clear(table);
      }
    });
    this.#hasOpen = pages.some(({ isOpen }) => isOpen);
    let rows = 0;
    for (const taken of pages) {
      if (!taken.isOpen) rows += taken.rows;
      taken.recycle();
    }
    return rows;
  }
}

/** All or nothing; when it fails, the failure that began it is the one reported. */
export async function transaction(
  connection: DuckDBConnection,
  body: () => Promise<void>,
): Promise<void> {
  await connection.run("BEGIN");
  try {
    await body();
    await connection.run("COMMIT");
  } catch (cause) {
    // after some failures (a full disk) DuckDB has rolled back by itself, and says so here
    await connection.run("ROLLBACK").catch(() => undefined);
    throw cause;
  }
}
