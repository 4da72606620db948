// Messages between chosen processes as a sequence diagram, or as a table.

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { useApp } from "../../frame/app-context.ts";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { ColumnHeads } from "./column-heads.tsx";
import { attachDiagramGestures, type DiagramHover } from "./diagram-gestures.ts";
import { DiagramTooltip } from "./diagram-tooltip.tsx";
import { Diagram } from "./diagram.ts";
import { messageWords } from "./message-words.ts";
import { MessageTable } from "./message-table.tsx";
import { ProcessModel } from "./process-model.ts";
import { ProcessToolbar } from "./process-toolbar.tsx";
import "./process.css";

export function ProcessView(): JSX.Element {
  const { cinema } = useApp();
  const [model] = useState(() => new ProcessModel(cinema));
  useEffect(() => () => model.dispose(), []);
  const value = model.view.value;
  const current = model.current.value;
  return (
    <div class="seq" data-process-view>
      <ProcessToolbar model={model} />
      {model.pids.value.length === 0 ? (
        <NobodyNote model={model} />
      ) : model.isTable.value && value !== null ? (
        <MessageTable view={value} model={model} />
      ) : model.isTable.value ? (
        (waitingNote(model.sequence.state.value, "messages") ?? <div />)
      ) : (
        <DiagramBody model={model} />
      )}
      <p class="visually-hidden" role="status">
        {current === null ? "" : messageWords(current, value?.columns ?? [], (t) => model.tell(t))}
      </p>
    </div>
  );
}

function NobodyNote({ model }: { readonly model: ProcessModel }): JSX.Element {
  const { cinema } = useApp();
  const { busy, error } = model.suggestion.state.value;
  if (error !== null) {
    return <PanelNote title="The processes could not be read">{error}</PanelNote>;
  }
  if (busy) return <div class="panel-note muted loading">Looking who speaks with whom…</div>;
  const plan = cinema.info.value?.manifest.plan;
  return plan?.messages === false ? (
    <PanelNote title="Recorded without messages">
      The plan of this recording leaves messages out: what was sent is not known. Record again with
      messages to see a sequence diagram.
    </PanelNote>
  ) : (
    <PanelNote title="No messages in what is shown">
      No message was recorded in this range. Show more of the recording, or add a process.
    </PanelNote>
  );
}

function DiagramBody({ model }: { readonly model: ProcessModel }): JSX.Element {
  const { cinema } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const diagram = useSignal<Diagram | null>(null);
  const hover = useSignal<DiagramHover | null>(null);
  useEffect(() => {
    const elements = {
      scroller: mounted(scroller.current),
      canvas: mounted(canvas.current),
      spacer: mounted(spacer.current),
    };
    const made = new Diagram(cinema, model, elements);
    diagram.value = made;
    const detach = attachDiagramGestures(cinema, model, made, elements, (at) => (hover.value = at));
    return () => {
      detach();
      made.dispose();
      diagram.value = null;
    };
  }, []);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return;
    const direction =
      event.key === "ArrowDown" ? "next" : event.key === "ArrowUp" ? "previous" : null;
    if (direction === null) return;
    event.preventDefault();
    void model.step(direction);
  };
  const columns = diagram.value?.columns.value ?? [];
  const { value, error, busy } = model.sequence.state.value;
  return (
    <div
      ref={scroller}
      class="seq-scroll"
      role="group"
      tabIndex={0}
      aria-label="Sequence diagram. Arrow up and down go from message to message; Table shows them as rows."
      aria-busy={busy}
      onKeyDown={onKeyDown}
    >
      <ColumnHeads columns={columns} model={model} />
      <div class="seq-window">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${value?.total.toLocaleString("en") ?? "No"} messages between ${columns.length} processes`}
        />
      </div>
      <div ref={spacer} />
      {error !== null && (
        <p class="seq-note error" role="alert">
          The messages could not be read: {error}
        </p>
      )}
      {value === null && error === null && <p class="seq-note muted">Loading messages…</p>}
      {value !== null && value.total === 0 && <EmptyNote model={model} hidden={value.hidden} />}
      <DiagramTooltip hover={hover} model={model} />
    </div>
  );
}

function EmptyNote({
  model,
  hidden,
}: {
  readonly model: ProcessModel;
  readonly hidden: number;
}): JSX.Element {
  return (
    <p class="seq-note muted">
      No message between these processes was recorded here.
      {hidden > 0 && (
        <button type="button" class="button" onClick={() => model.set("others", "shown")}>
          Show {hidden.toLocaleString("en")} with others
        </button>
      )}
    </p>
  );
}

function mounted<T>(element: T | null): T {
  if (element === null) throw new Error("bug: the diagram is not mounted");
  return element;
}
