// Rows as a plain aligned table for the terminal. Numbers to the right, control characters escaped.

import type { QueryResult } from "@elixirscope/wire";
import { clipped } from "./visible.ts";

const MAX_CELL = 120;

export function formatTable({ columns, rows }: Pick<QueryResult, "columns" | "rows">): string {
  if (columns.length === 0) return "";
  const cells = rows.map((row) => row.map(cellText));
  const widths = columns.map((column, i) =>
    cells.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), column.name.length),
  );
  const numeric = columns.map((_, i) =>
    rows.every(
      (row) => row[i] === null || typeof row[i] === "number" || typeof row[i] === "bigint",
    ),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [
    line(columns.map((column) => column.name)),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...cells.map(line),
  ].join("\n");
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && !Number.isInteger(value))
    return String(Number(value.toPrecision(6)));
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  const text = typeof value === "string" ? value : JSON.stringify(jsonValue(value));
  return clipped(text, MAX_CELL);
}

/** Rows as objects for `--json`; bytes as base64, integers beyond 2^53 as strings. */
export function rowObjects({ columns, rows }: Pick<QueryResult, "columns" | "rows">): unknown[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, i) => [column.name, jsonValue(row[i] ?? null)])),
  );
}

function jsonValue(value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(jsonValue);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonValue(item)]));
  }
  return value;
}
