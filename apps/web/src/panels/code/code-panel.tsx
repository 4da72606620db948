// The code at the cursor, beside whatever fills the middle: the line that the selected process was at, with the
// values of its call. It follows the cursor; the Code view looks around.

import type { JSX } from "preact";
import { useApp } from "../../frame/app-context.ts";
import { openCode } from "../go-to.ts";
import { Limits } from "../limits-note.tsx";
import { PanelNote, waitingNote } from "../panel-note.tsx";
import { sourceOf, useActivation, type Activation } from "./activation.ts";
import { askOrigin, lineCounts, lineOf, valuesBeside } from "./beside.ts";
import { FramesStrip } from "./frames-strip.tsx";
import { NoText } from "./no-text.tsx";
import { SourcePane } from "./source-pane.tsx";
import { useSource } from "./use-source.ts";
import { useValueText } from "./value-text.ts";
import "./code.css";

export function CodePanel(): JSX.Element {
  const { cinema } = useApp();
  const activation = useActivation();
  const { loaded, frame, choose } = activation;
  if (cinema.pid.value === null) {
    return (
      <PanelNote title="No process selected">
        Click a lane to see the code that its process was running.
      </PanelNote>
    );
  }
  if (cinema.cursor.value === null) {
    return (
      <PanelNote title="No moment chosen">
        Click in the timeline to see the line that ran at an instant.
      </PanelNote>
    );
  }
  const waiting = waitingNote(loaded, "stack");
  if (waiting !== null || loaded.value === null) {
    return waiting ?? <PanelNote title="This process is not in the recording" />;
  }
  return (
    <div class="code-panel" aria-busy={loaded.busy} data-code-panel>
      <FramesStrip stack={loaded.value} frame={frame} choose={choose} />
      <Limits limits={[...loaded.value.limits, ...(frame?.limits ?? [])]} />
      {frame !== null && <SourceAt activation={activation} name={sourceOf(frame) ?? ""} />}
    </div>
  );
}

function SourceAt(props: { readonly activation: Activation; readonly name: string }): JSX.Element {
  const { cinema } = useApp();
  const { frame } = props.activation;
  const loaded = useSource(props.name);
  const valueText = useValueText(frame);
  const { value: source } = loaded;
  if (source === null) {
    return (
      waitingNote(loaded, "source") ?? (
        <PanelNote title="Nothing is known of this code">{props.name}</PanelNote>
      )
    );
  }
  if (source.text === null) return <NoText source={source} />;
  const line = lineOf(frame, source);
  const open = (at: number | null): void => openCode(cinema, source.name, at);
  return (
    <>
      <div class="code-panel-file">
        <span class="mono clip" title={source.name}>
          {source.name}
          {line !== null && `:${line}`}
        </span>
        <button type="button" class="inline-link small" onClick={() => open(line)}>
          Open in Code
        </button>
      </div>
      <SourcePane
        source={{ name: source.name, text: source.text }}
        marks={{
          counts: lineCounts(source),
          current: line,
          chosen: null,
          beside: valuesBeside(frame, source),
        }}
        shown={line}
        handlers={{
          onLine: open,
          onPrint: null,
          onValue: (key) => askOrigin(cinema, key),
          valueOf: valueText,
        }}
      />
    </>
  );
}
