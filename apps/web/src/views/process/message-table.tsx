// The same messages as rows: for those who do not see the diagram, and for reading bodies. Only the rows in
// sight are in the document.

import { formatDuration } from "@elixirscope/timeline";
import type { MergedMessages, SequenceMessage, SequenceView } from "@elixirscope/wire";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect } from "preact/hooks";
import { useRowsInSight } from "../../frame/use-rows-in-sight.ts";
import { PanelNote } from "../../panels/panel-note.tsx";
import {
  dwellOf,
  MATCH_HELP,
  MATCH_WORDS,
  nameOf,
  receivedWords,
  senderOf,
  sentWords,
} from "./message-words.ts";
import { messagesIn, type ProcessModel } from "./process-model.ts";

const ROW_PX = 26;
const HEADS = ["Sent", "From", "To", "Kind", "Message", "In mailbox", "Received", "Match"] as const;

export function MessageTable({
  view,
  model,
}: {
  readonly view: SequenceView;
  readonly model: ProcessModel;
}): JSX.Element {
  const { scroller, inSight } = useRowsInSight(ROW_PX);
  const range = model.range.value;
  const single = messagesIn(view, range);
  const merged = view.merged.filter(({ t0, t1 }) => t1 >= range.t0 && t0 <= range.t1);
  const rows: readonly (SequenceMessage | MergedMessages)[] = merged.length > 0 ? merged : single;
  const current = model.current.value?.message ?? null;
  const at = single.findIndex(({ message }) => message === current);
  useEffect(() => {
    const element = scroller.current;
    if (element === null || at === -1) return;
    const top = at * ROW_PX;
    const room = element.clientHeight - 2 * ROW_PX;
    if (top < element.scrollTop || top > element.scrollTop + room) {
      element.scrollTop = top - room / 2;
    }
  }, [at]);
  const { first, end } = inSight(rows.length);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const direction =
      event.key === "ArrowDown" ? "next" : event.key === "ArrowUp" ? "previous" : null;
    if (direction === null) return;
    event.preventDefault();
    void model.step(direction);
  };
  return (
    <div
      ref={scroller}
      class="seq-table"
      role="table"
      aria-label="Messages of the shown processes"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div class="seq-row seq-row-head" role="row" aria-rowindex={1}>
        {HEADS.map((head) => (
          <span key={head} role="columnheader" class="clip">
            {head}
          </span>
        ))}
      </div>
      <div role="rowgroup" class="seq-rows" style={{ height: `${rows.length * ROW_PX}px` }}>
        {rows.slice(first, end).map((row, i) => {
          const place = { top: `${(first + i) * ROW_PX}px` };
          const index = first + i + 2;
          return "count" in row ? (
            <MergedRow
              key={`${row.t} ${row.from ?? ""} ${row.to ?? ""}`}
              {...{ row, place, index, view, model }}
            />
          ) : (
            <MessageRow
              key={row.message}
              isCurrent={row.message === current}
              {...{ row, place, index, view, model }}
            />
          );
        })}
      </div>
      {rows.length === 0 && (
        <PanelNote title="No message in this range">
          No message between these processes was recorded in what is shown.
        </PanelNote>
      )}
    </div>
  );
}

type RowProps<T> = {
  readonly row: T;
  readonly place: { readonly top: string };
  readonly index: number;
  readonly view: SequenceView;
  readonly model: ProcessModel;
};

function MessageRow({
  row,
  place,
  index,
  view,
  model,
  isCurrent,
}: RowProps<SequenceMessage> & { readonly isCurrent: boolean }): JSX.Element {
  const { columns } = view;
  const dwell = dwellOf(row);
  const tell = (t: number): string => model.tell(t);
  const sender = senderOf(row, columns);
  return (
    <div
      class={isCurrent ? "seq-row here" : "seq-row"}
      style={place}
      role="row"
      aria-rowindex={index}
      aria-current={isCurrent ? "true" : undefined}
      onClick={() => model.goTo(row)}
    >
      <span role="cell" class="clip tabular">
        <button type="button" class="inline-link tabular" title="Go to this message">
          {row.tSent === null ? sentWords(row, tell) : model.tell(row.tSent)}
        </button>
      </span>
      <Cell text={sender} title={row.from ?? sender} />
      <Cell text={nameOf(row.to, columns)} title={row.to ?? "not recorded"} />
      <span role="cell">
        <span class={`tag ${row.kind}`}>{row.kind}</span>
      </span>
      <Cell text={row.text} mono />
      <Cell
        text={
          dwell === null ? "not known" : `${row.tSent === null ? "≥ " : ""}${formatDuration(dwell)}`
        }
      />
      <Cell
        text={
          row.tReceived === null ? "never received in this recording" : model.tell(row.tReceived)
        }
        title={receivedWords(row, tell)}
      />
      <Cell text={MATCH_WORDS[row.match]} title={MATCH_HELP[row.match]} />
    </div>
  );
}

function MergedRow({ row, place, index, view, model }: RowProps<MergedMessages>): JSX.Element {
  const { count, from, to, t0, t1 } = row;
  return (
    <div
      class="seq-row"
      style={place}
      role="row"
      aria-rowindex={index}
      onClick={() => model.showAround({ t0, t1 })}
    >
      <span role="cell" class="clip tabular">
        <button type="button" class="inline-link tabular" title="Zoom in to see them one by one">
          {model.tell(t0)}
        </button>
      </span>
      <Cell text={from === null ? "VM, timer or untraced process" : nameOf(from, view.columns)} />
      <Cell text={nameOf(to, view.columns)} />
      <span role="cell" class="muted">
        × {count.toLocaleString("en")}
      </span>
      <Cell
        text={
          count === 1
            ? "1 message: zoom in to read it"
            : `${count.toLocaleString("en")} messages within ${formatDuration(t1 - t0)}: zoom in for each`
        }
      />
      <Cell text="" />
      <Cell text="" />
      <Cell text="" />
    </div>
  );
}

function Cell({
  text,
  title = text,
  mono = false,
}: {
  readonly text: string;
  readonly title?: string;
  readonly mono?: boolean;
}): JSX.Element {
  return (
    <span role="cell" class={mono ? "clip mono" : "clip tabular"} title={title}>
      {text}
    </span>
  );
}
