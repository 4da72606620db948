// The values of the database's library, which is CommonJS in some 180 files. Imported, Node looks through each of them
// for the names that it exports, in every thread: that takes as long as to run them.

import { createRequire } from "node:module";
import type * as Api from "@duckdb/node-api";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `require` answers has no type
const api = createRequire(import.meta.url)("@duckdb/node-api") as typeof Api;

export const BLOB: typeof Api.BLOB = api.BLOB;
export const DOUBLE: typeof Api.DOUBLE = api.DOUBLE;
export const DuckDBArrayValue: typeof Api.DuckDBArrayValue = api.DuckDBArrayValue;
export const DuckDBBlobValue: typeof Api.DuckDBBlobValue = api.DuckDBBlobValue;
export const DuckDBBlobVector: typeof Api.DuckDBBlobVector = api.DuckDBBlobVector;
export const DuckDBDataChunk: typeof Api.DuckDBDataChunk = api.DuckDBDataChunk;
export const DuckDBDecimalValue: typeof Api.DuckDBDecimalValue = api.DuckDBDecimalValue;
export const DuckDBInstance: typeof Api.DuckDBInstance = api.DuckDBInstance;
export const DuckDBListValue: typeof Api.DuckDBListValue = api.DuckDBListValue;
export const DuckDBMapValue: typeof Api.DuckDBMapValue = api.DuckDBMapValue;
export const DuckDBScalarFunction: typeof Api.DuckDBScalarFunction = api.DuckDBScalarFunction;
export const DuckDBStructValue: typeof Api.DuckDBStructValue = api.DuckDBStructValue;
export const DuckDBTableFunction: typeof Api.DuckDBTableFunction = api.DuckDBTableFunction;
export const DuckDBTypeId: typeof Api.DuckDBTypeId = api.DuckDBTypeId;
export const DuckDBUnionValue: typeof Api.DuckDBUnionValue = api.DuckDBUnionValue;
export const DuckDBVarCharVector: typeof Api.DuckDBVarCharVector = api.DuckDBVarCharVector;
export const INTEGER: typeof Api.INTEGER = api.INTEGER;
export const StatementType: typeof Api.StatementType = api.StatementType;
export const UBIGINT: typeof Api.UBIGINT = api.UBIGINT;
export const UINTEGER: typeof Api.UINTEGER = api.UINTEGER;
export const UTINYINT: typeof Api.UTINYINT = api.UTINYINT;
export const VARCHAR: typeof Api.VARCHAR = api.VARCHAR;

export type DuckDBInstance = Api.DuckDBInstance;
export type DuckDBDataChunk = Api.DuckDBDataChunk;
export type DuckDBScalarFunction = Api.DuckDBScalarFunction;
export type DuckDBTypeId = Api.DuckDBTypeId;
