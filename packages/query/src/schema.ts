// What SQL can ask of this recording: its tables with their columns, the functions and words of the dialect.

import { PUBLIC_TABLES } from "@elixirscope/trace";
import type { Schema, SchemaTable } from "@elixirscope/wire";
import { Kept } from "./kept.ts";
import { asNumber, asText, select, sql, type Source } from "./sql.ts";

/** Said beside their names; the functions of DuckDB go without. */
const OWN: Readonly<Record<string, string>> = {
  term: "a term as Elixir prints it",
  term_get: "term_get(x, '.items[0]'): the part of a term at a path",
  term_json: "a term as JSON",
  payload: "payload(ref): the bytes of a term of a raw table",
};

const kept = new Kept<"schema", Schema>(1);

export async function schema(source: Source): Promise<Schema> {
  return await kept.of(source, "schema", async () => await readSchema(source));
}

async function readSchema(source: Source): Promise<Schema> {
  const [columns, functions, keywords] = await Promise.all([
    select(
      source,
      sql`SELECT database_name, schema_name, table_name, column_name, data_type FROM duckdb_columns()
        WHERE NOT internal AND (database_name IN ('base', 'code') OR (database_name = 'memory' AND schema_name IN ('main', 'raw')))
        ORDER BY database_name, schema_name, table_name, column_index`,
    ),
    select(
      source,
      sql`SELECT DISTINCT function_name FROM duckdb_functions()
        WHERE function_type IN ('scalar', 'aggregate', 'macro') AND regexp_matches(function_name, '^[a-z][a-z0-9_]*$')
          AND NOT starts_with(function_name, 'pg_') AND NOT starts_with(function_name, 'has_') ORDER BY 1`,
    ),
    select(source, sql`SELECT keyword_name FROM duckdb_keywords() ORDER BY 1`),
  ]);
  const tables = new Map<string, { name: string; type: string }[]>();
  for (const [database, space, table, column, type] of columns) {
    const name = tableName(asText(database), asText(space), asText(table));
    const shown = typeOf(asText(table), asText(column), asText(type), name);
    tables.set(name, [...(tables.get(name) ?? []), { name: asText(column), type: shown }]);
  }
  const counts =
    source.manifest.state === "recording" ? new Map<string, number>() : await rowsOf(source);
  return {
    tables: [...tables].map(([name, of]): SchemaTable => ({
      name,
      columns: of,
      rows: counts.get(name) ?? null,
    })),
    functions: functions.map(([name]) => ({
      name: asText(name),
      about: OWN[asText(name)] ?? null,
    })),
    keywords: keywords.map(([word]) => asText(word)),
  };
}

function tableName(database: string, space: string, table: string): string {
  if (database !== "memory") return `${database}.${table}`;
  return space === "main" ? table : `${space}.${table}`;
}

/** Terms are bytes to SQL; who completes a column wants to know that it is a term. */
function typeOf(table: string, column: string, type: string, name: string): string {
  if (name !== table) return type;
  const spec = Object.entries(PUBLIC_TABLES).find(([known]) => known === table)?.[1];
  return spec?.[column] === "TERM" ? "TERM" : type;
}

/** Of the tables in the recording's own words; what a part has is in its metadata, so this reads no rows. */
async function rowsOf(source: Source): Promise<ReadonlyMap<string, number>> {
  const names = ["events", "calls", "messages", "states", "links"];
  const rows = await select(
    source,
    sql`SELECT (SELECT count(*) FROM raw.events), (SELECT count(*) FROM raw.calls), (SELECT count(*) FROM raw.messages),
      (SELECT count(*) FROM raw.states), (SELECT count(*) FROM raw.links)`,
  );
  return new Map(
    names.flatMap((name, i) => {
      const count = rows[0]?.[i];
      return count === undefined ? [] : [[name, asNumber(count)] as const];
    }),
  );
}
