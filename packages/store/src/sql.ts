// Running a user's SQL on a footing that only reads, with a row limit, a timeout and cancellation.

import {
  type DuckDBConnection,
  DuckDBBlobValue,
  type DuckDBPreparedStatement,
  type DuckDBValue,
  StatementType,
} from "@duckdb/node-api";
import { messageOf } from "@elixirscope/base";
import { StoreError } from "./store-error.ts";
import { appendRows, type SqlParameter, type SqlValue } from "./values.ts";

export type QueryOptions = {
  /** by position for `?` and `$1`, by name for `$name` */
  readonly params?: readonly SqlParameter[] | Readonly<Record<string, SqlParameter>>;
  /** rows returned at most; the result says when there were more */
  readonly limit?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

export type QueryColumn = { readonly name: string; readonly type: string };

export type QueryResult = {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
  readonly truncated: boolean;
};

export const DEFAULT_ROW_LIMIT = 100_000;
export const DEFAULT_TIMEOUT_MS = 60_000;

const READING = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

export async function runQuery(
  connection: DuckDBConnection,
  sql: string,
  options: QueryOptions,
): Promise<QueryResult> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (signal?.aborted === true) throw new StoreError("cancelled", "the query was cancelled");
  let stopped: StoreError | null = null;
  const stop = (error: StoreError): void => {
    stopped ??= error;
    connection.interrupt();
  };
  const onAbort = (): void => stop(new StoreError("cancelled", "the query was cancelled"));
  signal?.addEventListener("abort", onAbort);
  const timer = setTimeout(() => {
    stop(
      new StoreError(
        "timeout",
        `the query took longer than ${timeoutMs} ms; narrow it or allow more time`,
      ),
    );
  }, timeoutMs);
  // EXPLAIN ANALYZE runs what it explains, also a DELETE: the transaction is what keeps data safe
  await connection.run("BEGIN TRANSACTION READ ONLY");
  try {
    return await read(connection, sql, options, () => stopped);
  } catch (cause) {
    if (stopped !== null) throw stopped;
    throw cause instanceof StoreError ? cause : sqlError(cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    // fails only when the database has failed altogether, which the query itself has reported
    await connection.run("ROLLBACK").catch(() => undefined);
  }
}

async function read(
  connection: DuckDBConnection,
  sql: string,
  { params, limit = DEFAULT_ROW_LIMIT }: QueryOptions,
  stopped: () => StoreError | null,
): Promise<QueryResult> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new StoreError("sql_forbidden", `expected one SQL statement, found ${statements.count}`);
  }
  const statement = await statements.prepare(0);
  try {
    if (!READING.has(statement.statementType)) {
      const type = StatementType[statement.statementType];
      throw new StoreError(
        "sql_forbidden",
        `a recording is only read: ${type} is not allowed, use SELECT`,
      );
    }
    bind(statement, params);
    const result = await statement.stream();
    const columns = result
      .deduplicatedColumnNames()
      .map((name, i) => ({ name, type: result.columnType(i).toString() }));
    const rows: SqlValue[][] = [];
    for (;;) {
      const interrupted = stopped();
      if (interrupted !== null) throw interrupted;
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return { columns, rows, truncated: false };
      const count = Math.min(chunk.rowCount, limit - rows.length);
      appendRows(chunk, count, rows);
      if (count < chunk.rowCount) return { columns, rows, truncated: true };
    }
  } finally {
    statement.destroySync();
  }
}

function bind(statement: DuckDBPreparedStatement, params: QueryOptions["params"]): void {
  if (params === undefined) return;
  try {
    if (Array.isArray(params)) {
      statement.bind(params.map(parameter));
      return;
    }
    statement.bind(Object.fromEntries(Object.entries(params).map(([k, v]) => [k, parameter(v)])));
  } catch (cause) {
    throw new StoreError("sql_error", `cannot bind the parameters: ${messageOf(cause)}`, { cause });
  }
}

function parameter(value: SqlParameter): DuckDBValue {
  if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
  // an integral number is bound as an integer, so that `limit $n` and `id = $id` take it
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** DuckDB's own message; the caret line under `LINE n:` gives the position. */
export function sqlError(cause: unknown): StoreError {
  const message = messageOf(cause).replace(/^Failed to extract statements: /, "");
  // what the binding says of SQL without any statement (empty, or only comments)
  const isEmpty = message === "Error in native callback";
  const text = isEmpty ? "there is no SQL statement" : message.trim();
  return new StoreError("sql_error", text, { cause, ...caret(message) });
}

function caret(message: string): { position?: number } {
  const lines = message.split("\n");
  const at = lines.findIndex((line) => /^LINE \d+: /.test(line));
  const under = lines[at + 1];
  const prefix = /^LINE \d+: /.exec(lines[at] ?? "")?.[0].length;
  if (under === undefined || prefix === undefined) return {};
  const column = under.indexOf("^");
  return column < prefix ? {} : { position: column - prefix };
}
