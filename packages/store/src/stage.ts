// The table function `_stage(name)`: what a commit is inserting, read by DuckDB straight from our memory.
//
// Typed arrays are copied a vector (2,048 rows) at a time; base rows are set value by value. Whoever
// calls it outside a commit sees no rows.

import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from "@duckdb/node-api";
import { DOUBLE, DuckDBTableFunction, UINTEGER, UTINYINT, VARCHAR } from "./duckdb.ts";
import duckdb from "@duckdb/node-bindings";
import type { StagedRow } from "./base-rows.ts";
import type { Page } from "./column-buffer.ts";
import { BASE_TABLES, PART_SPECS, type BaseSpec, type PartColumn } from "./physical.ts";

const VECTOR_ROWS = 2048;

type Source =
  | { readonly kind: "pages"; readonly pages: readonly Page[] }
  | { readonly kind: "rows"; readonly rows: readonly StagedRow[] };
type Scan = {
  readonly source: Source;
  readonly names: readonly string[];
  page: number;
  row: number;
};

function pageType(kind: PartColumn): DuckDBType {
  if (kind === "index" || kind === "count") return UINTEGER;
  return kind === "code" ? UTINYINT : DOUBLE;
}

function columnTypes(table: string): readonly (readonly [string, DuckDBType])[] | null {
  for (const [name, spec] of Object.entries(PART_SPECS)) {
    if (name === table) return Object.entries(spec).map(([c, kind]) => [c, pageType(kind)]);
  }
  for (const [name, spec] of Object.entries<BaseSpec>(BASE_TABLES)) {
    if (name !== table) continue;
    return Object.entries(spec).map(([c, type]) => [c, type === "VARCHAR" ? VARCHAR : DOUBLE]);
  }
  return null;
}

export class Stage {
  readonly #sources = new Map<string, Source>();

  setPages(table: string, pages: readonly Page[]): void {
    this.#sources.set(table, { kind: "pages", pages });
  }

  setRows(table: string, rows: readonly StagedRow[]): void {
    this.#sources.set(table, { kind: "rows", rows });
  }

  clear(table: string): void {
    this.#sources.delete(table);
  }

  register(connection: DuckDBConnection): void {
    connection.registerTableFunction(
      DuckDBTableFunction.create({
        name: "_stage",
        parameterTypes: [VARCHAR],
        bindFunction: (info) => {
          const table = String(info.getParameter(0));
          const types = columnTypes(table);
          if (types === null) {
            info.setError(`_stage: no table ${table}`);
            return;
          }
          for (const [name, type] of types) info.addResultColumn(name, type);
          info.setBindData({ table, names: types.map(([name]) => name) });
        },
        initFunction: (info) => {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what bindFunction above has set
          const { table, names } = info.bindData as { table: string; names: readonly string[] };
          const source = this.#sources.get(table) ?? { kind: "rows", rows: [] };
          const scan: Scan = { source, names, page: 0, row: 0 };
          info.setInitData(scan);
        },
        mainFunction: (info, out) => {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what initFunction above has set
          const scan = info.initData as Scan;
          if (scan.source.kind === "pages") copyPage(scan, scan.source.pages, out);
          else copyRows(scan, scan.source.rows, out);
        },
      }),
    );
  }
}

function copyPage(scan: Scan, pages: readonly Page[], out: DuckDBDataChunk): void {
  const page = pages[scan.page];
  if (page === undefined) {
    out.rowCount = 0;
    return;
  }
  const count = Math.min(VECTOR_ROWS, page.rows - scan.row);
  duckdb.data_chunk_set_size(out.chunk, count);
  for (const [i, name] of scan.names.entries()) {
    const column = page.columns[name];
    if (column === undefined) throw new Error(`bug: staged page lacks column ${name}`);
    const width = column.BYTES_PER_ELEMENT;
    const vector = duckdb.data_chunk_get_vector(out.chunk, i);
    duckdb.copy_data_to_vector(vector, 0, column.buffer, scan.row * width, count * width);
  }
  scan.row += count;
  if (scan.row === page.rows) {
    scan.page++;
    scan.row = 0;
  }
}

function copyRows(scan: Scan, rows: readonly StagedRow[], out: DuckDBDataChunk): void {
  const count = Math.min(VECTOR_ROWS, rows.length - scan.row);
  out.rowCount = count;
  if (count === 0) return;
  for (const [i, name] of scan.names.entries()) {
    const vector = out.getColumnVector(i);
    for (let row = 0; row < count; row++) vector.setItem(row, rows[scan.row + row]?.[name] ?? null);
    vector.flush();
  }
  scan.row += count;
}
