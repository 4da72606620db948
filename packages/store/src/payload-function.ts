// `payload(ref)` in SQL: the bytes of a term, read from the payload log of the part that the reference names.
// A reference may name an element of the list there: a function's arguments are kept once, and each of
// its variables reads its own.
//
// It may run for every row of a table, so it works on the raw vectors: half the time per row of the
// wrapped ones.

import type { DuckDBConnection } from "@duckdb/node-api";
import { BLOB, DuckDBScalarFunction, UBIGINT } from "./duckdb.ts";
import duckdb from "@duckdb/node-bindings";
import { listElement } from "./list-element.ts";

export type PayloadSource = { readonly read: (ref: number) => Uint8Array | null };

export function registerPayloadFunction(
  connection: DuckDBConnection,
  payloads: PayloadSource,
): void {
  const definition = new DuckDBScalarFunction();
  definition.setName("payload");
  definition.addParameter(UBIGINT);
  definition.setReturnType(BLOB);
  duckdb.scalar_function_set_function(definition.scalar_function, (_info, input, output) => {
    const count = duckdb.data_chunk_get_size(input);
    const refs = duckdb.data_chunk_get_vector(input, 0);
    fill(payloads, refs, output, count);
  });
  connection.registerScalarFunction(definition);
}

function fill(
  payloads: PayloadSource,
  refs: duckdb.Vector,
  output: duckdb.Vector,
  count: number,
): void {
  const data = duckdb.vector_get_data(refs, count * 8);
  const numbers = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const validityBytes = Math.ceil(count / 64) * 8;
  // null when every row is valid
  const given: Uint8Array | null = duckdb.vector_get_validity(refs, validityBytes);
  const valid = new Uint8Array(validityBytes).fill(255);
  let hasNull = false;
  for (let row = 0; row < count; row++) {
    const isGiven = given === null || ((given[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
    const bytes = isGiven ? read(payloads, numbers, row * 8) : null;
    if (bytes !== null) {
      duckdb.vector_assign_string_element_len(output, row, bytes);
      continue;
    }
    hasNull = true;
    valid[row >>> 3] = (valid[row >>> 3] ?? 0) & ~(1 << (row & 7));
  }
  if (!hasNull) return;
  duckdb.vector_ensure_validity_writable(output);
  duckdb.copy_data_to_vector_validity(output, 0, valid.buffer, 0, validityBytes);
}

/** The low 53 bits are the place in the log, the rest the element; whatever else SQL passes in reads as null. */
function read(payloads: PayloadSource, view: DataView, offset: number): Uint8Array | null {
  const high = view.getUint32(offset + 4, true);
  const bytes = payloads.read(view.getUint32(offset, true) + (high & 0x1f_ffff) * 2 ** 32);
  const element = high >>> 21;
  return bytes === null || element === 0 ? bytes : listElement(bytes, element - 1);
}
