// Rows on their way into a part table: pages of typed arrays that the writer thread fills in place.
//
// `next()` never fails and never waits: a full page is set aside and another taken, and the writer's
// `ready()` is what slows the caller down. A page that comes back is filled with NULLs again.

import type { PartColumn, PartSpec } from "./physical.ts";

const SPARE_PAGES = 8;

type ColumnArray<Kind extends PartColumn> = Kind extends "index" | "count"
  ? Uint32Array<ArrayBuffer>
  : Kind extends "code"
    ? Uint8Array<ArrayBuffer>
    : Float64Array<ArrayBuffer>;

export type Columns<Spec extends PartSpec> = { readonly [K in keyof Spec]: ColumnArray<Spec[K]> };

export type AnyColumns = Readonly<
  Record<string, Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>
>;

export type Page<C extends AnyColumns = AnyColumns> = { readonly columns: C; rows: number };

function newColumn(
  kind: PartColumn,
  rows: number,
): Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
  if (kind === "index" || kind === "count") return new Uint32Array(rows);
  if (kind === "code") return new Uint8Array(rows);
  return new Float64Array(rows);
}

export class ColumnBuffer<Spec extends PartSpec> {
  /** of the row that `next()` gave last; read it anew after each `next()` */
  columns: Columns<Spec>;
  readonly #spec: Spec;
  readonly #pageRows: number;
  readonly #pageBytes: number;
  readonly #onFull: () => void;
  #page: Page<Columns<Spec>>;
  #row = 0;
  #full: Page<Columns<Spec>>[] = [];
  #spare: Page<Columns<Spec>>[] = [];
  #taken = 0;

  constructor(spec: Spec, pageRows: number, onFull: () => void) {
    this.#spec = spec;
    this.#pageRows = pageRows;
    this.#onFull = onFull;
    this.#page = this.#newPage();
    this.columns = this.#page.columns;
    this.#pageBytes = Object.values<Float64Array | Uint32Array | Uint8Array>(this.columns).reduce(
      (sum, column) => sum + column.byteLength,
      0,
    );
  }

  /** The index of a new row, all NULL, in `columns`. */
  next(): number {
    if (this.#row === this.#pageRows) this.#turnPage();
    return this.#row++;
  }

  get stagedRows(): number {
    return this.#full.length * this.#pageRows + this.#row;
  }

  /** Of full pages, waiting or being inserted; the page in use is a constant. */
  get stagedBytes(): number {
    return (this.#full.length + this.#taken) * this.#pageBytes;
  }

  /** Everything staged; give the pages back with `recycle` when they are stored. */
  take(): Page<Columns<Spec>>[] {
    if (this.#row > 0) this.#turnPage();
    const pages = this.#full;
    this.#full = [];
    this.#taken += pages.length;
    return pages;
  }

  recycle(pages: readonly Page<Columns<Spec>>[]): void {
    this.#taken -= pages.length;
    for (const page of pages) {
      // enough to reuse at full speed, where new arrays would outrun the garbage collector
      if (this.#spare.length === SPARE_PAGES) return;
      this.#blank(page);
      this.#spare.push(page);
    }
  }

  #turnPage(): void {
    this.#page.rows = this.#row;
    this.#full.push(this.#page);
    this.#page = this.#spare.pop() ?? this.#newPage();
    this.columns = this.#page.columns;
    const wasFull = this.#row === this.#pageRows;
    this.#row = 0;
    if (wasFull) this.#onFull();
  }

  #newPage(): Page<Columns<Spec>> {
    const columns = Object.fromEntries(
      Object.entries(this.#spec).map(([name, kind]) => [name, newColumn(kind, this.#pageRows)]),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- constructor: built from the spec's own entries
    const page = { columns: columns as Columns<Spec>, rows: this.#pageRows };
    this.#blank(page);
    return page;
  }

  #blank(page: Page): void {
    for (const [name, kind] of Object.entries(this.#spec)) {
      page.columns[name]?.fill(kind === "time" ? -1 : 0, 0, page.rows);
    }
    page.rows = 0;
  }
}
