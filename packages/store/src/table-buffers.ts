// The staged rows of all part tables: one column buffer each, taken together at a commit.

import { ColumnBuffer, type Page } from "./column-buffer.ts";
import {
  OPEN_TABLES,
  PART_TABLES,
  type PartSpec,
  type PartTable,
  type SpecOf,
} from "./physical.ts";

type Tables = { readonly [T in PartTable]: ColumnBuffer<SpecOf<T>> };

/** Rows per page: a commit's size at full speed is a few pages; idle tables should cost little. */
const LARGE_PAGE = 32_768;
const SMALL_PAGE = 2_048;

export type TakenTable = {
  readonly table: PartTable;
  readonly isOpen: boolean;
  readonly rows: number;
  readonly pages: readonly Page[];
  readonly recycle: () => void;
};

export class TableBuffers {
  readonly tables: Tables;

  constructor(onFull: () => void) {
    const small = <S extends PartSpec>(spec: S): ColumnBuffer<S> =>
      new ColumnBuffer(spec, SMALL_PAGE, onFull);
    const large = <S extends PartSpec>(spec: S): ColumnBuffer<S> =>
      new ColumnBuffer(spec, LARGE_PAGE, onFull);
    this.tables = {
      events: large(PART_TABLES.events),
      calls: large(PART_TABLES.calls),
      // what is open is added inside a commit: a full page there must not ask for another commit
      open_calls: new ColumnBuffer(PART_TABLES.calls, SMALL_PAGE, () => undefined),
      messages: large(PART_TABLES.messages),
      open_messages: new ColumnBuffer(PART_TABLES.messages, SMALL_PAGE, () => undefined),
      states: small(PART_TABLES.states),
      links: large(PART_TABLES.links),
      bindings: large(PART_TABLES.bindings),
      telemetry: small(PART_TABLES.telemetry),
      logs: small(PART_TABLES.logs),
      metrics: small(PART_TABLES.metrics),
    };
  }

  get hasRows(): boolean {
    return Object.values(this.tables).some((table) => table.stagedRows > 0);
  }

  get stagedBytes(): number {
    const { events, calls, messages, states, links, bindings } = this.tables;
    return (
      events.stagedBytes +
      calls.stagedBytes +
      messages.stagedBytes +
      states.stagedBytes +
      links.stagedBytes +
      bindings.stagedBytes
    );
  }

  take(): TakenTable[] {
    const { tables } = this;
    return [
      taken("events", tables.events),
      taken("calls", tables.calls),
      taken("open_calls", tables.open_calls),
      taken("messages", tables.messages),
      taken("open_messages", tables.open_messages),
      taken("states", tables.states),
      taken("links", tables.links),
      taken("bindings", tables.bindings),
      taken("telemetry", tables.telemetry),
      taken("logs", tables.logs),
      taken("metrics", tables.metrics),
    ].filter(({ rows }) => rows > 0);
  }
}

function taken<S extends PartSpec>(table: PartTable, buffer: ColumnBuffer<S>): TakenTable {
  const pages = buffer.take();
  const rows = pages.reduce((sum, page) => sum + page.rows, 0);
  return { table, isOpen: isOpenTable(table), rows, pages, recycle: () => buffer.recycle(pages) };
}

function isOpenTable(name: string): boolean {
  return OPEN_TABLES.some((open) => open === name);
}
