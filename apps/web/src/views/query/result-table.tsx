// A result as a table of up to 100,000 rows: only those in sight are in the document. Headers sort, their
// right edges set the width.

import type { QueryResult } from "@elixirscope/wire";
import { useComputed, useSignal, type Signal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useRowsInSight } from "../../frame/use-rows-in-sight.ts";
import { ResultCell } from "./result-cell.tsx";
import {
  cellText,
  isNumeric,
  isPid,
  isTime,
  pidColumn,
  sortedRows,
  type Sorting,
} from "./result-data.ts";

const ROW_PX = 24;
const CHAR_PX = 7.4;
const PADDING_PX = 24;
const [LEAST_PX, MOST_PX] = [56, 380];
/** Rows whose texts say how wide a column begins. */
const SAMPLE = 200;
const TITLE_CHARS = 2_000;
const SCROLLING = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

export function ResultTable({ result }: { readonly result: QueryResult }): JSX.Element {
  const { columns, rows } = result;
  const { scroller, inSight } = useRowsInSight(ROW_PX);
  const sorting = useSignal<Sorting | null>(null);
  const [begun] = useState(() => widthsOf(result));
  const widths = useSignal(begun);
  const order = useComputed(() => sortedRows(rows, sorting.value));
  const total = widths.value.reduce((sum, width) => sum + width, 0);
  const { first, end } = inSight(rows.length);
  const who = useMemo(() => pidColumn(columns, rows.slice(0, SAMPLE)), [result]);
  const template = { gridTemplateColumns: widths.value.map((px) => `${px}px`).join(" ") };
  const shown = order.value.slice(first, end);
  return (
    <div
      ref={scroller}
      class="result-table"
      role="table"
      aria-label="Result of the query"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onKeyDown={(event) => {
        // they scroll here; elsewhere they move in time
        if (SCROLLING.has(event.key)) event.stopPropagation();
      }}
    >
      <div class="result-head" role="row" style={{ ...template, width: `${total}px` }}>
        {columns.map((column, i) => (
          <Header
            key={column.name}
            index={i}
            name={column.name}
            type={column.type}
            sorting={sorting}
            widths={widths}
          />
        ))}
      </div>
      <div
        class="result-space"
        role="rowgroup"
        style={{ height: `${rows.length * ROW_PX}px`, width: `${total}px` }}
      >
        {shown.map((index, i) => {
          const row = rows[index] ?? [];
          const pid = row[who];
          return (
            <div
              key={index}
              class="result-row"
              role="row"
              aria-rowindex={first + i + 2}
              style={{ ...template, top: `${(first + i) * ROW_PX}px` }}
            >
              {columns.map((column, j) => (
                <div
                  key={column.name}
                  role="cell"
                  class={isNumeric(column) && !isTime(column) ? "number" : undefined}
                  title={cellText(row[j]).slice(0, TITLE_CHARS)}
                >
                  <ResultCell
                    column={column}
                    columns={columns}
                    row={row}
                    value={row[j]}
                    pid={isPid(pid) ? pid : null}
                  />
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Header(props: {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly sorting: Signal<Sorting | null>;
  readonly widths: Signal<readonly number[]>;
}): JSX.Element {
  const { index, name, type, sorting, widths } = props;
  const own = sorting.value?.column === index ? sorting.value : null;
  const width = widths.value[index] ?? LEAST_PX;
  const resize = (px: number): void => {
    widths.value = widths.peek().map((one, i) => (i === index ? Math.max(LEAST_PX, px) : one));
  };
  const grab = (down: TargetedPointerEvent<HTMLElement>): void => {
    const handle = down.currentTarget;
    const from = down.clientX - width;
    handle.setPointerCapture(down.pointerId);
    const onMove = (move: PointerEvent): void => resize(move.clientX - from);
    handle.addEventListener("pointermove", onMove);
    const end = (): void => handle.removeEventListener("pointermove", onMove);
    handle.addEventListener("lostpointercapture", end, { once: true });
  };
  return (
    <div
      role="columnheader"
      aria-sort={own === null ? "none" : own.descending ? "descending" : "ascending"}
      title={`${name}: ${type}`}
    >
      <button
        type="button"
        class="sort-button clip"
        onClick={() => {
          sorting.value =
            own === null
              ? { column: index, descending: false }
              : own.descending
                ? null
                : { column: index, descending: true };
        }}
      >
        {name}
        {own !== null && <span aria-hidden="true">{own.descending ? " ↓" : " ↑"}</span>}
      </button>
      <span
        class="column-edge"
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${name}`}
        aria-valuenow={Math.round(width)}
        tabIndex={0}
        onPointerDown={grab}
        onKeyDown={(event) => {
          const by = event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0;
          if (by === 0) return;
          event.preventDefault();
          event.stopPropagation();
          resize(width + by);
        }}
      />
    </div>
  );
}

function widthsOf({ columns, rows }: QueryResult): readonly number[] {
  return columns.map((column, i) => {
    let most = column.name.length + 2;
    for (const row of rows.slice(0, SAMPLE)) {
      most = Math.max(most, isTime(column) ? 12 : Math.min(60, cellText(row[i]).length));
    }
    return Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, most * CHAR_PX + PADDING_PX)));
  });
}
