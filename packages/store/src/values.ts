// DuckDB's values as plain ones: what a row holds. Integers are numbers while they are exact.

import type { DuckDBDataChunk, DuckDBValue } from "@duckdb/node-api";
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBBlobVector,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBUnionValue,
} from "./duckdb.ts";

export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly SqlValue[]
  | { readonly [key: string]: SqlValue };

export type SqlParameter = null | boolean | number | bigint | string | Uint8Array;

export function plainValue(value: DuckDBValue): SqlValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint") return plainInteger(value);
  if (value instanceof DuckDBBlobValue) return value.bytes.slice();
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map(plainValue);
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([k, v]) => [k, plainValue(v)]));
  }
  if (value instanceof DuckDBMapValue) {
    return value.entries.map((entry) => ({
      key: plainValue(entry.key),
      value: plainValue(entry.value),
    }));
  }
  if (value instanceof DuckDBUnionValue) return plainValue(value.value);
  // dates, times, intervals, UUIDs, bit strings: as DuckDB prints them
  return value.toString();
}

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function appendRows(chunk: DuckDBDataChunk, count: number, rows: SqlValue[][]): void {
  const first = rows.length;
  for (let row = 0; row < count; row++) rows.push([]);
  for (let column = 0; column < chunk.columnCount; column++) {
    const vector = chunk.getColumnVector(column);
    for (let row = 0; row < count; row++) {
      const value =
        vector instanceof DuckDBBlobVector
          ? (vector.getItemBytes(row)?.slice() ?? null)
          : plainValue(vector.getItem(row));
      rows[first + row]?.push(value);
    }
  }
}
