// Rows of a small table by their number, of which those of the first numbers are read together: mostly these are all,
// and to ask for one takes as long as to ask for them all. Only for rows that stay as they are.

import { Kept } from "./kept.ts";
import { sql, type Source, type Sql } from "./sql.ts";

const MOST_KEPT = 10_000;

/** The rows that a test picks, with their numbers. */
export type ReadRows<V> = (
  source: Source,
  which: Sql,
) => Promise<readonly (readonly [number, V])[]>;

export class KeptRows<V> {
  readonly #kept = new Kept<number, V>(MOST_KEPT);
  readonly #begun = new Kept<"first", true>(1);
  readonly #column: Sql;
  readonly #read: ReadRows<V>;

  /** `column` holds the number. */
  constructor(column: Sql, read: ReadRows<V>) {
    this.#column = column;
    this.#read = read;
  }

  /** Reads the rows of the first numbers, once per recording. */
  async begin(source: Source): Promise<void> {
    if (this.#begun.get(source, "first") !== undefined) return;
    this.#begun.set(source, "first", true);
    await this.#add(source, sql`${this.#column} <= ${MOST_KEPT}`);
  }

  async of(source: Source, ids: readonly number[]): Promise<ReadonlyMap<number, V>> {
    if (ids.length > 0) await this.begin(source);
    const found = new Map<number, V>();
    const missing: number[] = [];
    for (const id of new Set(ids)) {
      const row = this.#kept.get(source, id);
      if (row === undefined) missing.push(id);
      else found.set(id, row);
    }
    if (missing.length === 0) return found;
    for (const [id, row] of await this.#add(source, sql`${this.#column} IN ${missing}`)) {
      found.set(id, row);
    }
    return found;
  }

  async #add(source: Source, which: Sql): Promise<readonly (readonly [number, V])[]> {
    const rows = await this.#read(source, which);
    for (const [id, row] of rows) this.#kept.set(source, id, row);
    return rows;
  }
}
