// Cells in aligned columns, numbers to the right; what the target wrote is made visible here.

import { styled } from "./style.ts";
import { clipped } from "./visible.ts";

export type Column = { readonly title: string; readonly align: "left" | "right" };

const MOST_COLUMNS = 72;

export function columnsText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  stream: NodeJS.WriteStream,
): string {
  const cells = rows.map((row) => row.map((cell) => clipped(cell, MOST_COLUMNS)));
  const widths = columns.map(({ title }, i) =>
    cells.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, i) => {
        const cell = row[i] ?? "";
        return align === "right" ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
      })
      .join("  ")
      .trimEnd();
  const titles = line(columns.map(({ title }) => title));
  return [styled(stream, "bold", titles), ...cells.map(line)].join("\n");
}

export function left(title: string): Column {
  return { title, align: "left" };
}

export function right(title: string): Column {
  return { title, align: "right" };
}
