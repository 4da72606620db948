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

type Rows = Pick<QueryResult, "columns" | "rows">;

/** What happens at such a time, and to whom, where columns beside it say so. */
const BESIDE: Readonly<
  Record<string, { readonly event: readonly string[]; readonly pid: string }>
> = {
  t: { event: ["event", "id"], pid: "pid" },
  t_enter: { event: ["call"], pid: "pid" },
  t_exit: { event: ["exit_event"], pid: "pid" },
  t_sent: { event: ["send_event", "message"], pid: "from_pid" },
  t_received: { event: ["receive_event"], pid: "to_pid" },
  first_t: { event: ["first_event"], pid: "pid" },
  last_t: { event: ["last_event"], pid: "pid" },
};

/** Null: no column says when. The event is one that happened at that time, never just any of the row. */
export function marksOf({ columns, rows }: Rows): readonly ResultMark[] | null {
  const time = columns.findIndex(isTime);
  const name = columns[time]?.name;
  if (name === undefined) return null;
  const beside = BESIDE[name];
  const named = columns.findIndex((column) => column.name === beside?.pid);
  const pid = named === -1 ? pidColumn(columns, rows) : named;
  const event = columns.findIndex(
    (column) => beside?.event.includes(column.name) === true && isEvent(column),
  );
  return rows.flatMap((cells, row): readonly ResultMark[] => {
    const [t, who, what] = [cells[time], cells[pid], cells[event]];
    if (typeof t !== "number") return [];
    return [
      { t, pid: isPid(who) ? who : null, event: typeof what === "number" ? what : null, row },
    ];
  });
}

const TOLD_CHARS = 160;

/** What a row has beside its times and processes: `version 3, state %{…}`. */
export function rowText({ columns, rows }: Rows, row: number): string {
  const told = columns.flatMap((column, i) => {
    const value = rows[row]?.[i];
    if (isTime(column) || isPid(value) || value === null || value === undefined) return [];
    return [`${column.name} ${cellText(value).slice(0, TOLD_CHARS)}`];
  });
  const text = told.join(", ");
  return text.length > TOLD_CHARS ? `${text.slice(0, TOLD_CHARS)}…` : text;
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
