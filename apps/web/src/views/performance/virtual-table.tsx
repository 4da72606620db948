// A table of any length of which only the rows in sight are in the document.

import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
} from "@tanstack/virtual-core";
import type { ComponentChildren, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";

export const ROW_PX = 24;
const OVERSCAN = 8;

export type Column<Row> = {
  readonly name: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** takes what room there is; its text is cut where it does not fit */
  readonly wide?: boolean;
  /** left out where there is little room */
  readonly spare?: boolean;
  readonly isBad?: (row: Row) => boolean;
};

export function VirtualTable<Row, Sort extends string>(props: {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly (Column<Row> & { readonly sort?: Sort })[];
  readonly keyOf: (row: Row) => string;
  readonly chosen: string;
  readonly onChoose: (row: Row) => void;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}): JSX.Element {
  const { rows, columns, keyOf } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const turn = useSignal(0);
  const [virtual] = useState(
    () => new Virtualizer<HTMLDivElement, HTMLDivElement>(options(scroller, 0, turn)),
  );
  virtual.setOptions(options(scroller, rows.length, turn));
  // oxlint-disable-next-line no-underscore-dangle -- what virtual-core has for its adapters is called so
  useEffect(() => virtual._didMount(), []);
  // oxlint-disable-next-line no-underscore-dangle -- as above
  useEffect(() => virtual._willUpdate());
  void turn.value;
  return (
    <div
      class="vtable"
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      data-columns={columns.length}
    >
      <div class="vtable-row vtable-head" role="row" aria-rowindex={1}>
        {columns.map(({ name, title, sort, wide, spare }) => (
          <span
            key={name}
            role="columnheader"
            title={title}
            class={cellClass(wide, spare)}
            aria-sort={sort === undefined ? undefined : sort === props.sort ? "descending" : "none"}
          >
            {sort === undefined ? (
              name
            ) : (
              <button type="button" onClick={() => props.onSort(sort)}>
                {name}
                {sort === props.sort && <span aria-hidden="true"> ↓</span>}
              </button>
            )}
          </span>
        ))}
      </div>
      <div class="vtable-body" role="rowgroup" ref={scroller} tabIndex={0} aria-label={props.label}>
        <div style={{ height: `${virtual.getTotalSize()}px`, position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const key = keyOf(row);
            const isChosen = key === props.chosen;
            return (
              <div
                key={key}
                class={isChosen ? "vtable-row chosen" : "vtable-row"}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={isChosen}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => props.onChoose(row)}
              >
                {columns.map(({ name, cell, wide, spare, isBad }) => (
                  <span
                    key={name}
                    role="cell"
                    class={cellClass(wide, spare, isBad?.(row))}
                    title={wide === true ? key : undefined}
                  >
                    {wide === true ? (
                      <button
                        type="button"
                        class="row-button clip"
                        aria-label={key}
                        aria-pressed={isChosen}
                      >
                        {cell(row)}
                      </button>
                    ) : (
                      cell(row)
                    )}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function cellClass(wide = false, spare = false, isBad = false): string {
  return ["vtable-cell", wide ? "wide" : "", spare ? "spare" : "", isBad ? "error" : ""]
    .filter((name) => name !== "")
    .join(" ");
}

function options(
  scroller: { readonly current: HTMLDivElement | null },
  count: number,
  turn: { value: number; peek(): number },
): ConstructorParameters<typeof Virtualizer<HTMLDivElement, HTMLDivElement>>[0] {
  return {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => {
      turn.value = turn.peek() + 1;
    },
  };
}
