// One value of a result. Instants, processes, events and lines of code lead to where they are.

import type { QueryResult } from "@elixirscope/wire";
import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { openCode, openEvent } from "../../panels/go-to.ts";
import { MomentLink, ProcessLink } from "../../panels/moment-link.tsx";
import { cellText, isEvent, isPid, isTime, type Column } from "./result-data.ts";

const SHOWN_CHARS = 300;

export type CellPlace = {
  readonly column: Column;
  readonly columns: readonly Column[];
  readonly row: QueryResult["rows"][number];
  readonly value: unknown;
  readonly pid: string | null;
};

export function ResultCell({ column, columns, row, value, pid }: CellPlace): JSX.Element {
  const { cinema } = useApp();
  if (value === null || value === undefined) return <span class="muted">null</span>;
  if (typeof value === "number" && isTime(column)) return <MomentLink t={value} pid={pid} />;
  if (typeof value === "number" && isEvent(column)) {
    return (
      <button
        type="button"
        class="inline-link tabular"
        title="Go to this event"
        onClick={() => openEvent(cinema, value)}
      >
        {value}
      </button>
    );
  }
  if (isPid(value)) return <ProcessLink pid={value} />;
  const line =
    column.name === "file" ? row[columns.findIndex(({ name }) => name === "line")] : null;
  if (typeof line === "number" && typeof value === "string") {
    return (
      <button
        type="button"
        class="inline-link mono"
        title="Open in the Code view"
        onClick={() => openCode(cinema, value, line)}
      >
        {value}
      </button>
    );
  }
  const text = cellText(value);
  return (
    <span class="mono">{text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text}</span>
  );
}
