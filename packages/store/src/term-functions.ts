// `term(x)`, `term_get(x, path)` and `term_json(x)` in SQL. A row whose bytes are no term gives NULL
// (in `term`: a text that says so), for one damaged payload must not end a query over millions.

import type { DuckDBConnection } from "@duckdb/node-api";
import {
  BLOB,
  DuckDBBlobValue,
  DuckDBBlobVector,
  DuckDBScalarFunction,
  DuckDBVarCharVector,
  VARCHAR,
} from "./duckdb.ts";
import { decode, inspect } from "@elixirscope/etf";
import { parseTermPath, termAt, type TermPath } from "./term-path.ts";
import { termJson } from "./term-json.ts";

export function registerTermFunctions(connection: DuckDBConnection): void {
  connection.registerScalarFunction(textFunction("term", termText));
  connection.registerScalarFunction(textFunction("term_json", jsonText));
  connection.registerScalarFunction(termGet());
}

function termText(bytes: Uint8Array): string {
  const term = decode(bytes);
  return term.ok ? inspect(term.value) : `#Undecodable<${term.error.code} at ${term.error.offset}>`;
}

function jsonText(bytes: Uint8Array): string | null {
  const term = decode(bytes);
  return term.ok ? termJson(term.value) : null;
}

function textFunction(
  name: string,
  text: (bytes: Uint8Array) => string | null,
): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: [BLOB],
    returnType: VARCHAR,
    mainFunction: (_info, input, output) => {
      const terms = input.getColumnVector(0);
      if (!(terms instanceof DuckDBBlobVector) || !(output instanceof DuckDBVarCharVector)) return;
      for (let row = 0; row < input.rowCount; row++) {
        const bytes = terms.getItemBytes(row);
        output.setItem(row, bytes === null ? null : text(bytes));
      }
      output.flush();
    },
  });
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
