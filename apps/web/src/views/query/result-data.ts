// A query's rows as other things: sorted, as CSV, as points of a chart, as marks on the timeline.

import type { ResultMark } from "@elixirscope/timeline";
import type { QueryResult } from "@elixirscope/wire";

export type Column = QueryResult["columns"][number];
export type Sorting = { readonly column: number; readonly descending: boolean };

/** Columns whose numbers are instants of the recording. */
export function isTime({ name, type }: Column): boolean {
  return /^(t|t_[a-z]+|last_t|first_t)$/.test(name) && !type.startsWith("VARCHAR");
}

const EVENTS =
  /^(event|call|parent_call|message|cause_message|frame|reply_to|correlation|(send|receive|exit|first|last|source|target|failing)_event)$/;

/** Columns whose numbers are ids of events. */
export function isEvent({ name, type }: Column): boolean {
  return (
    (EVENTS.test(name) || (name === "id" && type === "UBIGINT")) && !type.startsWith("VARCHAR")
  );
}

export function isPid(value: unknown): value is string {
  return typeof value === "string" && /^<\d+\.\d+\.\d+>$/.test(value);
}

export function isNumeric({ type }: Column): boolean {
  return /^(U?(BIG|SMALL|TINY|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL)/.test(type);
}

/** The order of the rows; what is not there comes last. */
export function sortedRows(rows: QueryResult["rows"], sorting: Sorting | null): readonly number[] {
  const order = rows.map((_, i) => i);
  if (sorting === null) return order;
  const { column, descending } = sorting;
  const keys = rows.map((row) => row[column] ?? null);
  const sign = descending ? -1 : 1;
  return order.toSorted((a, b) => {
    const [one, other] = [keys[a] ?? null, keys[b] ?? null];
    if (one === null || other === null) return one === other ? a - b : one === null ? 1 : -1;
    const by = compare(one, other) * sign;
    return by === 0 ? a - b : by;
  });
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [a, b] = [cellText(one), cellText(other)];
  // integers beyond 2^53 arrive as text
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return Number(BigInt(a) - BigInt(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** RFC 4180. */
export function csvOf({ columns, rows }: Pick<QueryResult, "columns" | "rows">): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) =>
    row.map((value) => quoted(cellText(value))).join(","),
  );
  return `${lines.join("\r\n")}\r\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Null: no column says when; `pid` is of the column that names a process, where there is one. */
export function marksOf({
  columns,
  rows,
}: Pick<QueryResult, "columns" | "rows">): readonly ResultMark[] | null {
  const time = columns.findIndex(isTime);
  if (time === -1) return null;
  const pid = pidColumn(columns, rows);
  return rows.flatMap((row): readonly ResultMark[] => {
    const t = row[time];
    const who = pid === -1 ? null : row[pid];
    return typeof t === "number" ? [{ t, pid: isPid(who) ? who : null }] : [];
  });
}

/** The one that says whose row it is, for links as well; -1: none. */
export function pidColumn(columns: readonly Column[], rows: QueryResult["rows"]): number {
  const named = columns.findIndex(({ name }) => name === "pid");
  if (named !== -1) return named;
  return columns.findIndex(
    (_, i) =>
      rows.some((row) => row[i] !== null) && rows.every((row) => row[i] === null || isPid(row[i])),
  );
}
