// SQL text with values put in safely, and rows read back with their types checked.
//
// Numbers go in as literals so that DuckDB can skip row groups by them (a bound parameter may arrive
// as DOUBLE and make it cast the column instead); text goes in as bound parameters.

import { assert } from "@elixirscope/base";
import type { Recording } from "@elixirscope/store";

/** All that the views need of a recording; a live one answers from its writer. */
export type Source = Pick<Recording, "manifest" | "query" | "payloads">;

/** A piece of SQL; pieces nest. */
export class Sql {
  readonly #parts: readonly string[];
  readonly #values: readonly SqlValue[];

  constructor(parts: readonly string[], values: readonly SqlValue[]) {
    this.#parts = parts;
    this.#values = values;
  }

  /** Appends this piece's text to `text` with its parameters numbered on from those in `params`. */
  render(params: string[]): string {
    let text = this.#parts[0] ?? "";
    for (const [i, value] of this.#values.entries()) {
      text += renderValue(value, params) + (this.#parts[i + 1] ?? "");
    }
    return text;
  }
}

export type SqlValue = string | number | null | readonly number[] | readonly string[] | Sql;

export function sql(parts: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  return new Sql(parts, values);
}

/** Pieces with commas between; side by side, so that there may be thousands. */
export function listed(pieces: readonly Sql[]): Sql {
  return joined(pieces, ", ");
}

/** Pieces, at least one, with `between` between. */
export function joined(pieces: readonly Sql[], between = ""): Sql {
  return new Sql(["", ...pieces.slice(1).map(() => between), ""], pieces);
}

/** For `unnest`: a list of numbers as one text, which takes a fifth of the time to plan that their literals take. */
export function numbers(list: readonly number[], type: "UINTEGER" | "UBIGINT"): Sql {
  assert(list.every(Number.isInteger), "only integers go into SQL as they are");
  return new Sql([`string_split(nullif('${list.join(",")}', ''), ',')::${type}[]`], []);
}

function renderValue(value: SqlValue, params: string[]): string {
  if (value === null) return "NULL";
  if (value instanceof Sql) return value.render(params);
  if (typeof value === "number") {
    assert(Number.isFinite(value), `${value} cannot go into SQL`);
    return Number.isInteger(value) ? `${value}` : `${value}::DOUBLE`;
  }
  if (typeof value === "string") {
    params.push(value);
    return `$${params.length}::VARCHAR`;
  }
  // an empty IN list is a syntax error; NULL is in it and equals nothing
  if (value.length === 0) return "(NULL)";
  return `(${value.map((item) => renderValue(item, params)).join(", ")})`;
}

export type Row = readonly unknown[];

const MAX_ROWS = 1_000_000;

export async function select(source: Source, query: Sql): Promise<readonly Row[]> {
  const params: string[] = [];
  const text = query.render(params);
  const { rows } = await source.query(text, { params, limit: MAX_ROWS, isOwn: true });
  return rows;
}

/** For a column that is not there: results without rows have none. */
export const NO_ROWS: Float64Array = new Float64Array();

/** By column, of numbers only, where NULL is NaN: a tenth of what rows of many values cost. */
export async function selectVectors(source: Source, query: Sql): Promise<readonly Float64Array[]> {
  const params: string[] = [];
  const text = query.render(params);
  const options = { params, limit: MAX_ROWS, isOwn: true, asVectors: true };
  const { vectors } = await source.query(text, options);
  assert(vectors !== undefined, "the source knows nothing of vectors");
  return vectors;
}

/** Rows of numbers only, for queries of thousands, in which nothing is NULL: a third of what other rows cost. */
export async function selectNumbers(
  source: Source,
  query: Sql,
): Promise<readonly (readonly number[])[]> {
  const vectors = await selectVectors(source, query);
  const count = vectors[0]?.length ?? 0;
  return Array.from({ length: count }, (_, row) => vectors.map((vector) => valueAt(vector, row)));
}

/** A value of a vector. */
export function valueAt(vector: Float64Array | undefined, row: number): number {
  return vector?.[row] ?? 0;
}

export function asNumber(value: unknown): number {
  if (typeof value === "bigint") return Number(value);
  assert(typeof value === "number", `expected a number from SQL, got ${typeof value}`);
  return value;
}

export function asText(value: unknown): string {
  assert(typeof value === "string", `expected text from SQL, got ${typeof value}`);
  return value;
}

export function asNumberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : asNumber(value);
}

export function asTextOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : asText(value);
}

/** A term column: external term format, or null when there is none or it could not be read. */
export function asBytesOrNull(value: unknown): Uint8Array | null {
  if (value === null || value === undefined) return null;
  assert(value instanceof Uint8Array, `expected bytes from SQL, got ${typeof value}`);
  return value;
}
