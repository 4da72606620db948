// Running a user's SQL on a footing that only reads, with a row limit, a timeout and cancellation.

import type {
  DuckDBConnection,
  DuckDBMaterializedResult,
  DuckDBPreparedStatement,
  DuckDBResult,
} from "@duckdb/node-api";
import { DuckDBTypeId, StatementType } from "./duckdb.ts";
import { messageOf } from "@elixirscope/base";
import { StoreError } from "./store-error.ts";
import { appendRows, type SqlParameter, type SqlValue } from "./values.ts";
import { vectorsOf } from "./vectors.ts";

export type QueryOptions = {
  /** by position for `?` and `$1`, by name for `$name` */
  readonly params?: readonly SqlParameter[] | Readonly<Record<string, SqlParameter>>;
  /** rows returned at most; the result says when there were more */
  readonly limit?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** one SELECT that nobody but us has written: it needs no guard, which takes as long as a short query */
  readonly isOwn?: boolean;
  /** of a recording that goes on: rows of so long ago need not be there yet, if that saves a commit */
  readonly staleMs?: number;
  /** with `isOwn`, where columns are numbers, exact up to 2^53: they come as `vectors` (NULL is NaN), and no rows */
  readonly asVectors?: boolean;
};

export type QueryColumn = { readonly name: string; readonly type: string };

export type QueryResult = {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** by column, where they were asked for */
  readonly vectors?: readonly Float64Array[];
  readonly truncated: boolean;
};

export const DEFAULT_ROW_LIMIT = 100_000;
export const DEFAULT_TIMEOUT_MS = 60_000;

const INTERRUPT_MS = 20;

const READING = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

export function cancelled(): StoreError {
  return new StoreError("cancelled", "the query was cancelled");
}

/** One query on a connection of its own; `stop` ends it early with an error. */
export class RunningQuery {
  readonly #connection: DuckDBConnection;
  #stopped: StoreError | null = null;
  #interrupts: NodeJS.Timeout | null = null;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  stop(error: StoreError): void {
    if (this.#stopped !== null) return;
    this.#stopped = error;
    this.#connection.interrupt();
    // an interrupt between two steps of a query is forgotten when the next step begins
    this.#interrupts = setInterval(() => this.#connection.interrupt(), INTERRUPT_MS);
  }

  async run(sql: string, options: QueryOptions): Promise<QueryResult> {
    const {
      params,
      limit = DEFAULT_ROW_LIMIT,
      timeoutMs = DEFAULT_TIMEOUT_MS,
      signal,
      isOwn = false,
      asVectors = false,
    } = options;
    const onAbort = (): void => this.stop(cancelled());
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) this.#stopped ??= cancelled();
    const timer = setTimeout(() => {
      const advice = "narrow it or allow more time";
      this.stop(new StoreError("timeout", `the query took longer than ${timeoutMs} ms; ${advice}`));
    }, timeoutMs);
    try {
      // a statement less to wait for than when it is prepared first
      if (isOwn && Object.keys(params ?? []).length === 0) {
        this.#throwIfStopped();
        return resultOf(await this.#connection.run(sql), limit, asVectors);
      }
      // EXPLAIN ANALYZE runs what it explains, also a DELETE: the transaction is what keeps data safe
      if (!isOwn) await this.#connection.run("BEGIN TRANSACTION READ ONLY");
      const statement = isOwn
        ? await this.#connection.prepare(sql)
        : await prepareGuarded(this.#connection, sql);
      try {
        bind(statement, params);
        this.#throwIfStopped();
        if (isOwn) return resultOf(await statement.run(), limit, asVectors);
        return await read(statement, limit, () => this.#throwIfStopped());
      } finally {
        statement.destroySync();
      }
    } catch (cause) {
      this.#throwIfStopped();
      throw cause instanceof StoreError ? cause : sqlError(cause);
    } finally {
      clearTimeout(timer);
      if (this.#interrupts !== null) clearInterval(this.#interrupts);
      signal?.removeEventListener("abort", onAbort);
      // fails only when the database has failed altogether, which the query itself has reported
      if (!isOwn) await this.#connection.run("ROLLBACK").catch(() => undefined);
    }
  }

  #throwIfStopped(): void {
    if (this.#stopped !== null) throw this.#stopped;
  }
}

async function prepareGuarded(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new StoreError("sql_forbidden", `expected one SQL statement, found ${statements.count}`);
  }
  const statement = await statements.prepare(0);
  if (READING.has(statement.statementType)) return statement;
  const type = StatementType[statement.statementType];
  statement.destroySync();
  throw new StoreError(
    "sql_forbidden",
    `a recording is only read: ${type} is not allowed, use SELECT`,
  );
}

async function read(
  statement: DuckDBPreparedStatement,
  limit: number,
  checkStopped: () => void,
): Promise<QueryResult> {
  const result = await statement.stream();
  const rows: SqlValue[][] = [];
  for (;;) {
    checkStopped();
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) {
      return { columns: columnsOf(result), rows, truncated: false };
    }
    const count = Math.min(chunk.rowCount, limit - rows.length);
    appendRows(chunk, count, rows);
    if (count < chunk.rowCount) return { columns: columnsOf(result), rows, truncated: true };
  }
}

/** All rows at once: our own queries say how many they want, and each wait for a thread is half a millisecond. */
function resultOf(
  result: DuckDBMaterializedResult,
  limit: number,
  asVectors: boolean,
): QueryResult {
  const columns = columnsOf(result);
  const truncated = result.rowCount > limit;
  if (asVectors) return { columns, rows: [], vectors: vectorsOf(result, limit), truncated };
  const rows: SqlValue[][] = [];
  for (let i = 0; i < result.chunkCount && rows.length < limit; i++) {
    const chunk = result.getChunk(i);
    appendRows(chunk, Math.min(chunk.rowCount, limit - rows.length), rows);
  }
  return { columns, rows, truncated };
}

function columnsOf(result: DuckDBResult): readonly QueryColumn[] {
  return result
    .deduplicatedColumnNames()
    .map((name, i) => ({ name, type: result.columnType(i).toString() }));
}

function bind(statement: DuckDBPreparedStatement, params: QueryOptions["params"]): void {
  if (params === undefined) return;
  try {
    if (isList(params)) {
      for (const [i, value] of params.entries()) bindOne(statement, i + 1, value);
      return;
    }
    for (const [name, value] of Object.entries(params)) {
      bindOne(statement, statement.parameterIndex(name), value);
    }
  } catch (cause) {
    throw new StoreError("sql_error", `cannot bind the parameters: ${messageOf(cause)}`, { cause });
  }
}

function isList(
  params: Exclude<QueryOptions["params"], undefined>,
): params is readonly SqlParameter[] {
  return Array.isArray(params);
}

function bindOne(statement: DuckDBPreparedStatement, index: number, value: SqlParameter): void {
  if (value instanceof Uint8Array) {
    statement.bindBlob(index, value);
  } else if (typeof value === "bigint" || Number.isSafeInteger(value)) {
    bindInteger(statement, index, BigInt(value ?? 0));
  } else {
    statement.bindValue(index, value);
  }
}

/** As the type that the column beside it has: with any other, DuckDB casts the whole column and scans it. */
function bindInteger(statement: DuckDBPreparedStatement, index: number, value: bigint): void {
  const wanted = statement.parameterTypeId(index);
  if (wanted === DuckDBTypeId.UBIGINT && BigInt.asUintN(64, value) === value) {
    statement.bindUBigInt(index, value);
  } else if (wanted === DuckDBTypeId.UINTEGER && BigInt.asUintN(32, value) === value) {
    statement.bindUInteger(index, Number(value));
  } else if (wanted === DuckDBTypeId.UTINYINT && BigInt.asUintN(8, value) === value) {
    statement.bindUTinyInt(index, Number(value));
  } else if (BigInt.asIntN(64, value) === value) {
    statement.bindBigInt(index, value);
  } else {
    statement.bindHugeInt(index, value);
  }
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
