// Rows of one code table, collected a column at a time: texts that repeat become codes of this batch.

import { assert, assertNever } from "@elixirscope/base";
import {
  CODE_TABLES,
  type CodeBatch,
  type CodeColumn,
  type CodeColumnData,
  type CodeTable,
  NAMES_SEPARATOR,
} from "@elixirscope/trace";

type ValueOf<C extends CodeColumn> = C extends "int" | "real"
  ? number | null
  : C extends "flag"
    ? boolean
    : C extends "names"
      ? readonly string[]
      : string | null;

export type RowOf<T extends CodeTable> = {
  readonly [K in keyof (typeof CODE_TABLES)[T]]: (typeof CODE_TABLES)[T][K] extends CodeColumn
    ? ValueOf<(typeof CODE_TABLES)[T][K]>
    : never;
};

type Value = string | number | boolean | readonly string[] | null;

interface Column {
  add(value: Value): void;
  /** adds this value, each time it is called */
  adder(value: Value): () => void;
  data(): CodeColumnData;
}

export class TableRows<T extends CodeTable> {
  readonly #table: T;
  readonly #columns: readonly (readonly [string, Column])[];
  #rows = 0;

  constructor(table: T) {
    this.#table = table;
    this.#columns = Object.entries<CodeColumn>(CODE_TABLES[table]).map(([name, kind]) => [
      name,
      columnFor(kind),
    ]);
  }

  get size(): number {
    return this.#rows;
  }

  add(row: RowOf<T>): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mapped type's own values
    const values = row as Readonly<Record<string, Value>>;
    for (const [name, column] of this.#columns) column.add(values[name] ?? null);
    this.#rows += 1;
  }

  /** Adds rows that have `shared` in common: a spread of it for each of 500,000 rows takes two seconds. */
  within<K extends keyof RowOf<T>>(shared: Pick<RowOf<T>, K>): (row: Omit<RowOf<T>, K>) => void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mapped type's own values
    const common = shared as Readonly<Record<string, Value>>;
    const steps = this.#columns.map(([name, column]) => ({
      name,
      column,
      addShared: Object.hasOwn(common, name) ? column.adder(common[name] ?? null) : null,
    }));
    return (row) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
      const values = row as Readonly<Record<string, Value>>;
      for (const { name, column, addShared } of steps) {
        if (addShared === null) column.add(values[name] ?? null);
        else addShared();
      }
      this.#rows += 1;
    };
  }

  batch(): CodeBatch {
    const columns = Object.fromEntries(
      this.#columns.map(([name, column]) => [name, column.data()]),
    );
    return { table: this.#table, rows: this.#rows, columns };
  }
}

function columnFor(kind: CodeColumn): Column {
  switch (kind) {
    case "int":
    case "flag":
      return new IntColumn();
    case "real":
      return new RealColumn();
    case "name":
      return new NameColumn();
    case "node":
      return new NodeColumn();
    case "text":
    case "names":
      return new TextColumn();
    default:
      return assertNever(kind);
  }
}

class IntColumn implements Column {
  readonly #values: number[] = [];

  add(value: Value): void {
    this.#values.push(numberOf(value));
  }

  adder(value: Value): () => void {
    const number = numberOf(value);
    return () => void this.#values.push(number);
  }

  data(): Int32Array {
    return Int32Array.from(this.#values);
  }
}

function numberOf(value: Value): number {
  assert(value === null || typeof value !== "string", "a number in a column of numbers");
  return value === null ? -1 : Number(value);
}

class RealColumn implements Column {
  readonly #values: number[] = [];

  add(value: Value): void {
    this.#values.push(typeof value === "number" ? value : Number.NaN);
  }

  adder(value: Value): () => void {
    return () => this.add(value);
  }

  data(): Float64Array {
    return Float64Array.from(this.#values);
  }
}

class TextColumn implements Column {
  readonly #values: (string | null)[] = [];

  add(value: Value): void {
    if (value === null) this.#values.push(null);
    else this.#values.push(typeof value === "object" ? value.join(NAMES_SEPARATOR) : String(value));
  }

  adder(value: Value): () => void {
    return () => this.add(value);
  }

  data(): readonly (string | null)[] {
    return this.#values;
  }
}

class Codes {
  readonly #codes = new Map<string, number>();
  readonly values: string[] = [];

  of(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.values.push(text);
    this.#codes.set(text, code);
    return code;
  }
}

class NameColumn implements Column {
  readonly #texts = new Codes();
  readonly #values: number[] = [];

  add(value: Value): void {
    this.#values.push(this.#codeOf(value));
  }

  adder(value: Value): () => void {
    const code = this.#codeOf(value);
    return () => void this.#values.push(code);
  }

  #codeOf(value: Value): number {
    return value === null ? 0 : this.#texts.of(String(value));
  }

  data(): CodeColumnData {
    return { codes: Int32Array.from(this.#values), values: this.#texts.values };
  }
}

class NodeColumn implements Column {
  readonly #texts = new Codes();
  readonly #heads: number[] = [];
  readonly #paths: number[] = [];

  add(value: Value): void {
    if (value === null) {
      this.#heads.push(0);
      this.#paths.push(0);
      return;
    }
    const id = String(value);
    // the head of a clause ends with its hash; that of a module has none, and may begin with a colon
    const colon = id.indexOf(":", Math.max(1, id.indexOf("@")));
    this.#heads.push(this.#texts.of(colon < 0 ? id : id.slice(0, colon)));
    this.#paths.push(colon < 0 ? 0 : this.#texts.of(id.slice(colon + 1)));
  }

  adder(value: Value): () => void {
    return () => this.add(value);
  }

  data(): CodeColumnData {
    return {
      heads: Int32Array.from(this.#heads),
      paths: Int32Array.from(this.#paths),
      values: this.#texts.values,
    };
  }
}
