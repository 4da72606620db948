// Batches on their way into DuckDB: texts become codes of the whole analysis, columns become vectors of
// 2,048 rows that an appender takes. Nothing is kept here but the dictionaries.

import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { DuckDBDataChunk, DOUBLE, INTEGER, VARCHAR } from "./duckdb.ts";
import duckdb from "@duckdb/node-bindings";
import { assert } from "@elixirscope/base";
import {
  CODE_TABLES,
  type CodeBatch,
  type CodeColumnData,
  type CodedNodes,
  type CodedText,
  type CodeTable,
} from "@elixirscope/trace";
import { createDictionarySql, createStageSql, DICTIONARIES, stagedColumns } from "./code-tables.ts";

const VECTOR_ROWS = 2048;

const TYPES = { int: INTEGER, real: DOUBLE, text: VARCHAR } as const;

type StagedColumn = Int32Array | Float64Array | readonly (string | null)[];

export class CodeStage {
  readonly #connection: DuckDBConnection;
  readonly #names = new Vocabulary();
  readonly #nodes = new Vocabulary();
  readonly #appenders = new Map<CodeTable, DuckDBAppender>();

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async create(connection: DuckDBConnection): Promise<CodeStage> {
    await connection.run("CREATE SCHEMA staged");
    await connection.run("CREATE SCHEMA dictionary");
    for (const name of DICTIONARIES) await connection.run(createDictionarySql(name));
    return new CodeStage(connection);
  }

  /** Tables that got rows. */
  get tables(): readonly CodeTable[] {
    return [...this.#appenders.keys()];
  }

  async add(batch: CodeBatch): Promise<void> {
    if (batch.rows === 0) return;
    const types = stagedColumns(batch.table).map(([, type]) => TYPES[type]);
    const columns = Object.keys(CODE_TABLES[batch.table]).flatMap((name) =>
      this.#staged(batch, name),
    );
    const appender = await this.#appender(batch.table);
    for (let from = 0; from < batch.rows; from += VECTOR_ROWS) {
      const rows = Math.min(VECTOR_ROWS, batch.rows - from);
      const chunk = DuckDBDataChunk.create(types);
      duckdb.data_chunk_set_size(chunk.chunk, rows);
      for (const [i, column] of columns.entries()) copy(chunk, i, column, from, rows);
      appender.appendDataChunk(chunk);
    }
  }

  /** Writes the dictionaries; nothing can be added after it. */
  async finish(): Promise<void> {
    for (const appender of this.#appenders.values()) appender.closeSync();
    await this.#fill("names", this.#names.texts);
    await this.#fill("nodes", this.#nodes.texts);
  }

  async #fill(name: (typeof DICTIONARIES)[number], texts: readonly string[]): Promise<void> {
    const appender = await this.#connection.createAppender(name, "dictionary");
    appender.appendInteger(0);
    appender.appendNull();
    appender.endRow();
    for (let from = 0; from < texts.length; from += VECTOR_ROWS) {
      const rows = Math.min(VECTOR_ROWS, texts.length - from);
      const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR]);
      duckdb.data_chunk_set_size(chunk.chunk, rows);
      copy(
        chunk,
        0,
        Int32Array.from({ length: rows }, (_, i) => from + i + 1),
        0,
        rows,
      );
      copy(chunk, 1, texts, from, rows);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  async #appender(table: CodeTable): Promise<DuckDBAppender> {
    const known = this.#appenders.get(table);
    if (known !== undefined) return known;
    await this.#connection.run(createStageSql(table));
    const appender = await this.#connection.createAppender(table, "staged");
    this.#appenders.set(table, appender);
    return appender;
  }

  #staged({ table, columns }: CodeBatch, name: string): StagedColumn[] {
    const column = columns[name];
    assert(column !== undefined, `a batch of ${table} lacks ${name}`);
    if (isCodedNodes(column)) {
      const codes = this.#nodes.codesOf(column.values);
      return [translated(column.heads, codes), translated(column.paths, codes)];
    }
    if (isCodedText(column)) {
      return [translated(column.codes, this.#names.codesOf(column.values))];
    }
    return [column];
  }
}

/** Each distinct text once, numbered from 1. */
class Vocabulary {
  readonly #codes = new Map<string, number>();
  readonly texts: string[] = [];

  /** By local code: 0 stays 0. */
  codesOf(values: readonly string[]): Int32Array {
    const codes = new Int32Array(values.length + 1);
    for (const [i, text] of values.entries()) {
      let code = this.#codes.get(text);
      if (code === undefined) {
        code = this.texts.push(text);
        this.#codes.set(text, code);
      }
      codes[i + 1] = code;
    }
    return codes;
  }
}

function translated(local: Int32Array, codes: Int32Array): Int32Array {
  return local.map((code) => codes[code] ?? 0);
}

function isCodedText(column: CodeColumnData): column is CodedText {
  return "codes" in column;
}

function isCodedNodes(column: CodeColumnData): column is CodedNodes {
  return "heads" in column;
}

function copy(
  chunk: DuckDBDataChunk,
  index: number,
  column: StagedColumn,
  from: number,
  rows: number,
): void {
  if (column instanceof Int32Array || column instanceof Float64Array) {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
    const { buffer, byteOffset, BYTES_PER_ELEMENT: width } = column;
    assert(buffer instanceof ArrayBuffer, "columns are copied from plain buffers");
    duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset + from * width, rows * width);
    return;
  }
  const vector = chunk.getColumnVector(index);
  for (let row = 0; row < rows; row++) vector.setItem(row, column[from + row] ?? null);
  vector.flush();
}
