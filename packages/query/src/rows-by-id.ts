// Rows by their ids, read together with those beside them and kept: who asks for an event soon asks for its call, for
// the end of that, for the next event. To read a stretch of a row group takes hardly longer than to find one row in it.
//
// Of a recording that goes on rows are still added to a stretch, so there they are looked for one by one.

import { Kept } from "./kept.ts";
import { extentOf, rowsOf, type Columns, type Table } from "./part-rows.ts";
import { asNumberOrNull, listed, select, selectVectors, Sql, sql, type Source } from "./sql.ts";

/** Ids of a stretch. In twice as long ones hardly more is found that is wanted, and twice as much garbage collected. */
const STRETCH = 512;
/** What is spread over more of them is read alone: most of each stretch would not be wanted. */
const MOST_AT_ONCE = 4;
/** Of these, each up to 0.05 MB. */
const MOST_KEPT = 64;

/** In the order of the columns that were named. */
export type FoundRow = readonly (number | null)[];

type Vectors = readonly Float64Array[];

export class RowsById<T extends Table> {
  readonly #table: T;
  readonly #id: Columns[T];
  readonly #columns: readonly string[];
  readonly #kept = new Kept<number, Vectors>(MOST_KEPT);

  /** `columns` are numbers, and the first is the id: no two rows have the same. */
  constructor(table: T, columns: readonly [Columns[T], ...string[]]) {
    this.#table = table;
    this.#id = columns[0];
    this.#columns = columns;
  }

  /** What the table does not have is left out. */
  async of(source: Source, ids: readonly number[]): Promise<ReadonlyMap<number, FoundRow>> {
    const stretches = await this.#stretches(source, ids);
    if (stretches === null) return await this.#alone(source, ids);
    const found = new Map<number, FoundRow>();
    for (const id of ids) {
      const vectors = stretches.get(stretchOf(id)) ?? [];
      const at = vectors[0]?.indexOf(id) ?? -1;
      if (at >= 0) found.set(id, rowAt(vectors, at));
    }
    return found;
  }

  /** So that they are there when they are asked for; nothing is read one by one for that. */
  async foresee(source: Source, ids: readonly number[]): Promise<void> {
    await this.#stretches(source, ids);
  }

  /** All rows of the stretch that an id belongs to; null: of this recording there are none to be had. */
  async beside(source: Source, id: number): Promise<readonly FoundRow[] | null> {
    const vectors = (await this.#stretches(source, [id]))?.get(stretchOf(id));
    if (vectors === undefined) return null;
    return Array.from(vectors[0] ?? [], (_, at) => rowAt(vectors, at));
  }

  /** Null: they are too many, or not to be kept. */
  async #stretches(
    source: Source,
    ids: readonly number[],
  ): Promise<ReadonlyMap<number, Vectors> | null> {
    if (source.manifest.state === "recording") return null;
    const wanted = [...new Set(ids.map(stretchOf))];
    const known = wanted.map((stretch) => [stretch, this.#kept.get(source, stretch)] as const);
    const missing = known.filter(([, vectors]) => vectors === undefined).length;
    if (missing > MOST_AT_ONCE) return null;
    return new Map(
      await Promise.all(
        known.map(
          async ([stretch, vectors]) =>
            [stretch, vectors ?? (await this.#stretch(source, stretch))] as const,
        ),
      ),
    );
  }

  async #stretch(source: Source, stretch: number): Promise<Vectors> {
    return await this.#kept.of(source, stretch, async () => await this.#read(source, stretch));
  }

  async #read(source: Source, stretch: number): Promise<Vectors> {
    const range = [stretch * STRETCH, (stretch + 1) * STRETCH - 1] as const;
    return await selectVectors(
      source,
      sql`SELECT ${listed(this.#columns.map(quoted))} FROM ${await this.#within(source, range)}
        WHERE ${quoted(this.#id)} BETWEEN ${range[0]} AND ${range[1]}`,
    );
  }

  async #alone(source: Source, ids: readonly number[]): Promise<ReadonlyMap<number, FoundRow>> {
    const rows = await select(
      source,
      sql`SELECT ${listed(this.#columns.map(quoted))} FROM ${await this.#within(source, extentOf(ids))}
        WHERE ${among(quoted(this.#id), ids)}`,
    );
    const found = rows.map((row) => row.map(asNumberOrNull));
    return new Map(found.map((row) => [row[0] ?? 0, row]));
  }

  async #within(source: Source, range: readonly [number, number]): Promise<Sql> {
    const bounds: Partial<Record<Columns[T], typeof range>> = {};
    bounds[this.#id] = range;
    return await rowsOf(source, this.#table, bounds);
  }
}

/** Bounds beside the list: they are cheaper to test, and a list alone is not always pushed to the scan. */
export function among(column: Sql, ids: readonly number[]): Sql {
  const [from, to] = extentOf(ids);
  return from === to
    ? sql`${column} = ${from}`
    : sql`${column} BETWEEN ${from} AND ${to} AND ${column} IN ${ids}`;
}

/** Whether all ids from one to the other are read together. */
export function isOneStretch(id: number, other: number): boolean {
  return stretchOf(id) === stretchOf(other);
}

function stretchOf(id: number): number {
  return Math.floor(id / STRETCH);
}

function quoted(column: string): Sql {
  return new Sql([`"${column}"`], []);
}

function rowAt(vectors: Vectors, at: number): FoundRow {
  return vectors.map((vector) => {
    const value = vector[at] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  });
}
