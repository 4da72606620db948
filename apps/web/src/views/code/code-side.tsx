// Beside the source: the variables of the selected call, the executions of the chosen line, and the prints.

import type { FrameView, SourceView, TimeRange } from "@elixirscope/wire";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { JSX } from "preact";
import { PanelNote } from "../../panels/panel-note.tsx";
import { ExecutionsPane } from "./executions-pane.tsx";
import type { CodePlace } from "./place.ts";
import { PrintForm } from "./print-form.tsx";
import { PrintOutput } from "./print-output.tsx";
import { keyOf, type PrintSpec } from "./prints.ts";
import { VariablesPane } from "./variables-pane.tsx";

export type SideTab = "variables" | "place" | "prints";

export type SideProps = {
  readonly tab: Signal<SideTab>;
  readonly source: SourceView;
  readonly frame: FrameView | null;
  readonly place: CodePlace | null;
  readonly prints: readonly PrintSpec[];
  readonly range: ReadonlySignal<TimeRange | null>;
  /** grows each time that a print is asked for */
  readonly focus: number;
  readonly setPrints: (prints: readonly PrintSpec[]) => void;
};

export function CodeSide(props: SideProps): JSX.Element {
  const { tab, place, prints } = props;
  const names: readonly (readonly [SideTab, string])[] = [
    ["variables", "Variables"],
    ["place", place?.title ?? "Line"],
    ["prints", prints.length === 0 ? "Prints" : `Prints (${prints.length})`],
  ];
  return (
    <aside class="code-side" aria-label="Beside the source">
      <div class="segmented" role="group" aria-label="What is shown beside the source">
        {names.map(([name, title]) => (
          <button
            key={name}
            type="button"
            class="clip"
            title={title}
            aria-pressed={tab.value === name}
            onClick={() => (tab.value = name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="code-side-content">
        <Content {...props} />
      </div>
    </aside>
  );
}

function Content(props: SideProps): JSX.Element {
  const { tab, frame, place, prints, setPrints } = props;
  if (tab.value === "variables") return <VariablesPane frame={frame} />;
  if (tab.value === "place") return <PlacePane {...props} place={place} />;
  return (
    <>
      {place?.isRecorded === true && <Form {...props} place={place} />}
      {prints.length === 0 && (
        <PanelNote title="No prints yet">
          {place === null ? "Click a line, then print" : "Print"} an expression of its variables, as
          if it had stood there while this was recorded.
        </PanelNote>
      )}
      {prints.map((print) => (
        <PrintOutput
          key={keyOf(print)}
          print={print}
          range={props.range}
          onRemove={() => setPrints(prints.filter((one) => keyOf(one) !== keyOf(print)))}
        />
      ))}
    </>
  );
}

function PlacePane(props: SideProps): JSX.Element {
  const { place } = props;
  if (place === null) {
    return (
      <PanelNote title="No line chosen">
        Click a line number to see every time that the line ran.
      </PanelNote>
    );
  }
  if (!place.isRecorded) {
    return (
      <PanelNote title={`${place.title}: not recorded`}>
        No place on this line reports when it runs, so it cannot be told whether it did.
        `elixirscope run --full` with `detail: :lines` in its plan records each line.
      </PanelNote>
    );
  }
  return (
    <>
      <Form {...props} place={place} />
      <ExecutionsPane key={place.at} at={place.at} />
    </>
  );
}

function Form(props: SideProps & { readonly place: CodePlace }): JSX.Element {
  const { place, prints, focus, tab, setPrints } = props;
  return (
    <PrintForm
      key={place.at}
      at={place.at}
      focus={focus}
      onAdd={(print) => {
        setPrints([...prints.filter((one) => keyOf(one) !== keyOf(print)), print]);
        tab.value = "prints";
      }}
    />
  );
}
