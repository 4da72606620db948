// A table of any length: rows of one height, of which only those in sight are in the document.

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useRowsInSight } from "../../frame/use-rows-in-sight.ts";

export type Column<T> = {
  readonly title: string;
  readonly isNumber?: boolean;
  /** what rows are sorted by */
  readonly value: (row: T) => string | number;
  readonly cell: (row: T) => ComponentChildren;
};

type Props<T> = {
  readonly name: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly isChosen: (row: T) => boolean;
  /** title of the column that it is sorted by at first */
  readonly sort: string;
};

const ROW_PX = 25;

export function WindowedTable<T>(props: Props<T>): JSX.Element {
  const { name, rows, columns, keyOf, isChosen } = props;
  const { scroller, inSight } = useRowsInSight(ROW_PX);
  const sort = useSignal<{ title: string; down: boolean }>({ title: props.sort, down: true });
  const { title, down } = sort.value;
  const sorted = useMemo(() => {
    const column = columns.find((one) => one.title === title);
    if (column === undefined) return rows;
    const way = down ? -1 : 1;
    return rows.toSorted((a, b) => way * compare(column.value(a), column.value(b)));
  }, [rows, title, down]);
  const { first, end } = inSight(sorted.length);
  return (
    <div class="windowed" ref={scroller} tabIndex={0} role="region" aria-label={name}>
      <table aria-label={name} aria-rowcount={sorted.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => {
              const isSorted = column.title === title;
              return (
                <th
                  key={column.title}
                  scope="col"
                  class={column.isNumber === true ? "number" : undefined}
                  aria-sort={isSorted ? (down ? "descending" : "ascending") : "none"}
                >
                  <button
                    type="button"
                    onClick={() =>
                      (sort.value = {
                        title: column.title,
                        down: isSorted ? !down : column.isNumber === true,
                      })
                    }
                  >
                    {column.title}
                    <span aria-hidden="true">{isSorted ? (down ? " ↓" : " ↑") : ""}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          <Spacer rows={first} columns={columns.length} />
          {sorted.slice(first, end).map((row, i) => (
            <tr
              key={keyOf(row)}
              aria-rowindex={first + i + 2}
              aria-selected={isChosen(row)}
              class={isChosen(row) ? "chosen" : ""}
            >
              {columns.map((column) => {
                const shown = column.cell(row);
                return (
                  <td
                    key={column.title}
                    class={column.isNumber === true ? "number" : ""}
                    title={typeof shown === "string" ? shown : undefined}
                  >
                    {shown}
                  </td>
                );
              })}
            </tr>
          ))}
          <Spacer rows={sorted.length - end} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function Spacer(props: { readonly rows: number; readonly columns: number }): JSX.Element | null {
  if (props.rows <= 0) return null;
  return (
    <tr aria-hidden="true" class="spacer">
      <td colSpan={props.columns} style={{ height: `${props.rows * ROW_PX}px` }} />
    </tr>
  );
}

function compare(a: string | number, b: string | number): number {
  return typeof a === "number" && typeof b === "number"
    ? a - b
    : String(a).localeCompare(String(b), "en");
}
