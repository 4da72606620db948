// `term(x)`, `term_get(x, path)` and `term_json(x)` in SQL. A row whose bytes are no term gives NULL
// (in `term`: a text that says so), for one damaged payload must not end a query over millions.

import {
  BLOB,
  DuckDBBlobValue,
  DuckDBBlobVector,
  type DuckDBConnection,
  DuckDBScalarFunction,
  VARCHAR,
} from "@duckdb/node-api";
import { parseTermPath, termAt, type TermPath } from "./term-path.ts";

export function registerTermFunctions(connection: DuckDBConnection): void {
  connection.registerScalarFunction(termGet());
}

function termGet(): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: "term_get",
    parameterTypes: [BLOB, VARCHAR],
    returnType: BLOB,
    mainFunction: (info, input, output) => {
      const terms = input.getColumnVector(0);
      const paths = input.getColumnVector(1);
      if (!(terms instanceof DuckDBBlobVector) || !(output instanceof DuckDBBlobVector)) return;
      let lastText: string | null = null;
      let path: TermPath = [];
      for (let row = 0; row < input.rowCount; row++) {
        const bytes = terms.getItemBytes(row);
        const text = paths.getItem(row);
        if (bytes === null || typeof text !== "string") {
          output.setItem(row, null);
          continue;
        }
        if (text !== lastText) {
          const parsed = parseTermPath(text);
          if (!parsed.ok) {
            info.setError(parsed.error.message);
            return;
          }
          lastText = text;
          path = parsed.value;
        }
        const found = termAt(bytes, path);
        output.setItem(row, found === null ? null : new DuckDBBlobValue(found));
      }
      output.flush();
    },
  });
}
