// `payload(ref)` in SQL: the bytes of a term, read from the payload log of the part that the reference names.
//
// It may run for every row of a table, so it works on the raw vectors: half the time per row of the
// wrapped ones.

import { BLOB, type DuckDBConnection, DuckDBScalarFunction, UBIGINT } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";

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
    const bytes = isGiven ? payloads.read(uint53(numbers, row * 8)) : null;
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

/** References stay below 2^53; whatever else SQL passes in is no reference and reads as null. */
function uint53(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}
