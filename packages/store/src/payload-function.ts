// `payload(ref)` in SQL: the bytes of a term, read from the payload log of the part that the reference names.

import {
  BLOB,
  DuckDBBlobValue,
  DuckDBBlobVector,
  type DuckDBConnection,
  DuckDBScalarFunction,
  DuckDBUBigIntVector,
  UBIGINT,
} from "@duckdb/node-api";

export type PayloadSource = { readonly read: (ref: number) => Uint8Array | null };

export function registerPayloadFunction(
  connection: DuckDBConnection,
  payloads: PayloadSource,
): void {
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: "payload",
      parameterTypes: [UBIGINT],
      returnType: BLOB,
      mainFunction: (_info, input, output) => {
        const refs = input.getColumnVector(0);
        if (!(refs instanceof DuckDBUBigIntVector) || !(output instanceof DuckDBBlobVector)) return;
        for (let row = 0; row < input.rowCount; row++) {
          const ref = refs.getItem(row);
          const bytes = ref === null ? null : payloads.read(Number(ref));
          output.setItem(row, bytes === null ? null : new DuckDBBlobValue(bytes));
        }
        output.flush();
      },
    }),
  );
}
