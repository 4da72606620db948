// A result's columns of numbers, as one array each: copied out of DuckDB's memory as they lie there. The wrapped vectors
// take a look at a row for each value, which for the thousands of boxes of a timeline was most of what they cost.

import type { DuckDBMaterializedResult } from "@duckdb/node-api";
import { DuckDBTypeId } from "./duckdb.ts";
import duckdb from "@duckdb/node-bindings";
import { assert } from "@elixirscope/base";

type Reading = {
  readonly bytes: number;
  readonly copy: (data: Uint8Array, count: number, to: Float64Array, at: number) => void;
};

type NumberArray = new (buffer: ArrayBufferLike, from: number, count: number) => ArrayLike<number>;

function as(array: NumberArray, bytes: number): Reading {
  return {
    bytes,
    copy: ({ buffer, byteOffset }, count, to, at) => {
      to.set(new array(buffer, byteOffset, count), at);
    },
  };
}

/** In two halves, of which the upper has the sign; exact up to 2^53. */
function asHalves(upper: NumberArray): Reading {
  return {
    bytes: 8,
    copy: ({ buffer, byteOffset }, count, to, at) => {
      const low = new Uint32Array(buffer, byteOffset, 2 * count);
      const high = new upper(buffer, byteOffset, 2 * count);
      for (let i = 0; i < count; i++) {
        to[at + i] = (low[2 * i] ?? 0) + (high[2 * i + 1] ?? 0) * 2 ** 32;
      }
    },
  };
}

/** By the type of a column. */
const READINGS: Partial<Record<DuckDBTypeId, Reading>> = {
  [DuckDBTypeId.DOUBLE]: as(Float64Array, 8),
  [DuckDBTypeId.UBIGINT]: asHalves(Uint32Array),
  [DuckDBTypeId.BIGINT]: asHalves(Int32Array),
  [DuckDBTypeId.UINTEGER]: as(Uint32Array, 4),
  [DuckDBTypeId.INTEGER]: as(Int32Array, 4),
  [DuckDBTypeId.USMALLINT]: as(Uint16Array, 2),
  [DuckDBTypeId.UTINYINT]: as(Uint8Array, 1),
};

/** The first rows up to `limit`; NULL is NaN. */
export function vectorsOf(
  result: DuckDBMaterializedResult,
  limit: number,
): readonly Float64Array[] {
  const count = Math.min(limit, result.rowCount);
  const readings = Array.from({ length: result.columnCount }, (_, column) => {
    const reading = READINGS[result.columnTypeId(column)];
    assert(reading !== undefined, "a vector holds numbers of up to 64 bits");
    return { ...reading, values: new Float64Array(count) };
  });
  let at = 0;
  for (let i = 0; i < result.chunkCount && at < count; i++) {
    const { chunk, rowCount } = result.getChunk(i);
    const some = Math.min(rowCount, count - at);
    for (const [column, { bytes, copy, values }] of readings.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk, column);
      copy(duckdb.vector_get_data(vector, some * bytes), some, values, at);
      markMissing(values, at, duckdb.vector_get_validity(vector, Math.ceil(some / 64) * 8), some);
    }
    at += some;
  }
  return readings.map(({ values }) => values);
}

/** `given`: a bit for each row; null when every row is there. */
function markMissing(
  values: Float64Array,
  at: number,
  given: Uint8Array | null,
  count: number,
): void {
  if (given === null) return;
  for (let row = 0; row < count; row++) {
    if (((given[row >>> 3] ?? 0) & (1 << (row & 7))) === 0) values[at + row] = Number.NaN;
  }
}
