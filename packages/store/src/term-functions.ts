import type { DuckDBConnection } from "@duckdb/node-api";

export function registerTermFunctions(_connection: DuckDBConnection): void {}
