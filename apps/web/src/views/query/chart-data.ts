// Rows as what a chart draws: points by x, bars by category, or how many values fall where.

import type { QueryResult } from "@elixirscope/wire";
import { cellText, isNumeric, isTime, type Column } from "./result-data.ts";

export const CHARTS = ["line", "bar", "histogram"] as const;
export type ChartKind = (typeof CHARTS)[number];

export type ChartChoice = { readonly kind: ChartKind; readonly x: number; readonly y: number };

export type ChartData = {
  readonly xs: readonly number[];
  readonly ys: readonly (number | null)[];
  /** categories below the bars; null: x is a number */
  readonly labels: readonly string[] | null;
  readonly xIsTime: boolean;
  readonly yIsTime: boolean;
  readonly xName: string;
  readonly yName: string;
  /** what is not in the picture */
  readonly note: string | null;
};

const MOST_BARS = 300;
const BINS = 60;

/** What is likely meant: y the first number that is no time, x a time or the first other column. */
export function chartChoice(columns: readonly Column[], text: string): ChartChoice | null {
  const numbers = columns.flatMap((column, i) => (isNumeric(column) ? [i] : []));
  const [first] = numbers;
  if (first === undefined) return null;
  const [kindText, xText, yText] = text.split(",");
  const y = numbered(columns, yText) ?? numbers.find((i) => !isTime(columns[i] ?? NONE)) ?? first;
  const time = columns.findIndex(isTime);
  const other = columns.findIndex((_, i) => i !== y);
  const x = numbered(columns, xText) ?? (time === -1 || time === y ? Math.max(0, other) : time);
  const kind = CHARTS.find((one) => one === kindText);
  const byNumber = isNumeric(columns[x] ?? NONE) && x !== y;
  return { kind: kind ?? (byNumber ? "line" : columns.length === 1 ? "histogram" : "bar"), x, y };
}

const NONE: Column = { name: "", type: "" };

function numbered(columns: readonly Column[], text: string | undefined): number | null {
  const index = columns.findIndex(({ name }) => name === text);
  return index === -1 ? null : index;
}

export function chartText(columns: readonly Column[], { kind, x, y }: ChartChoice): string {
  return [kind, columns[x]?.name, columns[y]?.name].join(",");
}

export function chartData(
  { columns, rows }: Pick<QueryResult, "columns" | "rows">,
  { kind, x, y }: ChartChoice,
): ChartData {
  const [xColumn, yColumn] = [columns[x] ?? NONE, columns[y] ?? NONE];
  if (kind === "histogram")
    return histogram(
      rows.map((row) => row[y]),
      yColumn,
    );
  const names = { xName: xColumn.name, yName: yColumn.name };
  const yIsTime = isTime(yColumn);
  if (kind === "line" && isNumeric(xColumn)) {
    const points = rows
      .flatMap((row): readonly (readonly [number, number | null])[] => {
        const at = numberOf(row[x]);
        return at === null ? [] : [[at, numberOf(row[y])]];
      })
      .toSorted(([a], [b]) => a - b);
    return {
      ...names,
      xs: points.map(([at]) => at),
      ys: points.map(([, value]) => value),
      labels: null,
      xIsTime: isTime(xColumn),
      yIsTime,
      note: missing(rows.length - points.length),
    };
  }
  const shown = rows.slice(0, MOST_BARS);
  return {
    ...names,
    xs: shown.map((_, i) => i),
    ys: shown.map((row) => numberOf(row[y])),
    labels: shown.map((row) => cellText(row[x])),
    xIsTime: false,
    yIsTime,
    note:
      shown.length < rows.length ? `the first ${MOST_BARS} of ${rows.length} rows are drawn` : null,
  };
}

function histogram(values: readonly unknown[], column: Column): ChartData {
  const numbers = values.flatMap((value) => numberOf(value) ?? []);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const width = most > least ? (most - least) / BINS : 1;
  const counts = Array.from({ length: most > least ? BINS : 1 }, () => 0);
  for (const value of numbers) {
    const bin = Math.min(counts.length - 1, Math.floor((value - least) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    xs: numbers.length === 0 ? [] : counts.map((_, i) => least + (i + 0.5) * width),
    ys: numbers.length === 0 ? [] : counts,
    labels: null,
    xIsTime: isTime(column),
    yIsTime: false,
    xName: column.name,
    yName: "rows",
    note: missing(values.length - numbers.length),
  };
}

function missing(count: number): string | null {
  return count === 0 ? null : `${count.toLocaleString("en")} rows without a number are left out`;
}

function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  // integers beyond 2^53 and decimals arrive as text
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}
