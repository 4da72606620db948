// Small code tables by hand, and large ones without meaning.

import {
  CODE_TABLES,
  type CodeBatch,
  type CodeColumn,
  type CodeColumnData,
  type CodeTable,
  NAMES_SEPARATOR,
} from "@elixirscope/trace";

export type CodeRow = Readonly<
  Record<string, string | number | boolean | readonly string[] | null>
>;

/** Rows as their columns; what a row leaves out is NULL. */
export function codeBatch(table: CodeTable, rows: readonly CodeRow[]): CodeBatch {
  const columns = Object.entries<CodeColumn>(CODE_TABLES[table]).map(([name, kind]) => {
    const values = rows.map((row) => row[name] ?? null);
    return [name, columnData(kind, values)] as const;
  });
  return { table, rows: rows.length, columns: Object.fromEntries(columns) };
}

type Value = CodeRow[string];

function columnData(kind: CodeColumn, values: readonly Value[]): CodeColumnData {
  if (kind === "int" || kind === "flag") {
    return Int32Array.from(values, (value) => (value === null ? -1 : Number(value)));
  }
  if (kind === "real") {
    return Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
  }
  const texts = values.map(textOf);
  if (kind === "text" || kind === "names") return texts;
  const known = [...new Set(texts.flatMap((text) => split(kind, text)))];
  const codeOf = (text: string | undefined): number =>
    text === undefined ? 0 : known.indexOf(text) + 1;
  if (kind === "name") {
    return {
      codes: Int32Array.from(texts, (text) => codeOf(split(kind, text)[0])),
      values: known,
    };
  }
  return {
    heads: Int32Array.from(texts, (text) => codeOf(split(kind, text)[0])),
    paths: Int32Array.from(texts, (text) => codeOf(split(kind, text)[1])),
    values: known,
  };
}

function textOf(value: Value | undefined): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? value.join(NAMES_SEPARATOR) : String(value);
}

function split(kind: CodeColumn, text: string | null): string[] {
  if (text === null) return [];
  return kind === "node" ? text.split(":") : [text];
}
