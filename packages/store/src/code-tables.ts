// The code tables inside DuckDB. They are staged with text as codes into two dictionaries (node ids fall
// into a head and a path, which both repeat) and get their text when all is there: a text handed over
// value by value costs 1 µs, and 2 M syntax nodes have 8 M of them.

import { assertNever } from "@elixirscope/base";
import {
  CODE_TABLES,
  type CodeColumn,
  type CodeTable,
  type CodeTableSpec,
} from "@elixirscope/trace";

export const CODE_TABLE_NAMES: readonly CodeTable[] = Object.keys(CODE_TABLES).map(codeTable);

function codeTable(name: string): CodeTable {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- decoder: Object.keys widens its own keys to string
  return name as CodeTable;
}

const SQL_TYPES: Readonly<Record<CodeColumn, string>> = {
  int: "INTEGER",
  real: "DOUBLE",
  flag: "BOOLEAN",
  name: "VARCHAR",
  node: "VARCHAR",
  text: "VARCHAR",
  names: "VARCHAR[]",
};

/** The tables themselves, and what is known of the analysis as a whole. */
export function createCodeSql(database: string): string[] {
  const tables = Object.entries<CodeTableSpec>(CODE_TABLES).map(([table, spec]) => {
    const columns = Object.entries(spec).map(([name, kind]) => `"${name}" ${SQL_TYPES[kind]}`);
    return `CREATE TABLE ${database}.${table}(${columns.join(", ")})`;
  });
  return [`CREATE TABLE ${database}.analysis(name VARCHAR, value VARCHAR)`, ...tables];
}

export type StagedType = "int" | "real" | "text";

/** What a table is staged as: a node id takes two columns. */
export function stagedColumns(table: CodeTable): readonly (readonly [string, StagedType])[] {
  return Object.entries<CodeColumn>(CODE_TABLES[table]).flatMap(([name, kind]) =>
    staged(name, kind),
  );
}

function staged(name: string, kind: CodeColumn): (readonly [string, StagedType])[] {
  switch (kind) {
    case "int":
    case "flag":
    case "name":
      return [[name, "int"]];
    case "real":
      return [[name, "real"]];
    case "text":
    case "names":
      return [[name, "text"]];
    case "node":
      return [
        [name, "int"],
        [pathColumn(name), "int"],
      ];
    default:
      return assertNever(kind);
  }
}

function pathColumn(name: string): string {
  return `${name} path`;
}

const STAGED_SQL_TYPES: Readonly<Record<StagedType, string>> = {
  int: "INTEGER",
  real: "DOUBLE",
  text: "VARCHAR",
};

export function createStageSql(table: CodeTable): string {
  const columns = stagedColumns(table).map(([name, type]) => `"${name}" ${STAGED_SQL_TYPES[type]}`);
  return `CREATE TABLE staged.${table}(${columns.join(", ")})`;
}

/** Dictionaries: row 0 is NULL, so that every code finds a row. */
export const DICTIONARIES = ["names", "nodes"] as const;

export function createDictionarySql(name: (typeof DICTIONARIES)[number]): string {
  return `CREATE TABLE dictionary.${name}(id INTEGER, text VARCHAR)`;
}

/** From the staged table to the table, with text for codes. */
export function fillCodeSql(database: string, table: CodeTable): string {
  const joins: string[] = [];
  const look = (dictionary: string, column: string): string => {
    const alias = `d${joins.length}`;
    joins.push(`JOIN dictionary.${dictionary} ${alias} ON ${alias}.id = s."${column}"`);
    return `${alias}.text`;
  };
  const columns = Object.entries<CodeColumn>(CODE_TABLES[table]).map(([name, kind]) =>
    filled(name, kind, look),
  );
  return `INSERT INTO ${database}.${table} SELECT ${columns.join(", ")} FROM staged.${table} s ${joins.join(" ")}`;
}

function filled(
  name: string,
  kind: CodeColumn,
  look: (dictionary: string, column: string) => string,
): string {
  const column = `s."${name}"`;
  switch (kind) {
    case "int":
      return `nullif(${column}, -1)`;
    case "flag":
      return `${column} = 1`;
    case "real":
      return `CASE WHEN isnan(${column}) THEN NULL ELSE ${column} END`;
    case "text":
      return column;
    case "names":
      return `CASE WHEN ${column} = '' THEN [] ELSE string_split(${column}, chr(31)) END`;
    case "name":
      return look("names", name);
    case "node":
      return `${look("nodes", name)} || coalesce(':' || ${look("nodes", pathColumn(name))}, '')`;
    default:
      return assertNever(kind);
  }
}
