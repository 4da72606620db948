// Source as it ran. It follows the cursor through the files until a file is chosen; then it stays there.
//
// In the address: `code.file` (empty: follow), `code.line` (a number, or a function), `code.frame`, `code.prints`,
// `code.counts`.

import type { SourceView, TimeRange } from "@elixirscope/wire";
import { useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useApp } from "../../frame/app-context.ts";
import type { SourceMarks } from "../../editor/source-marks.ts";
import { sourceOf, useActivation, type Activation } from "../../panels/code/activation.ts";
import { askOrigin, lineCounts, lineOf, valuesBeside } from "../../panels/code/beside.ts";
import { FramesStrip } from "../../panels/code/frames-strip.tsx";
import { NoText } from "../../panels/code/no-text.tsx";
import { SourcePane } from "../../panels/code/source-pane.tsx";
import { useSource } from "../../panels/code/use-source.ts";
import { useValueText } from "../../panels/code/value-text.ts";
import { PanelNote, waitingNote } from "../../panels/panel-note.tsx";
import { CodeBar } from "./code-bar.tsx";
import { CodeSide, type SideTab } from "./code-side.tsx";
import { FileList, FunctionList } from "./file-picker.tsx";
import { placeOf } from "./place.ts";
import { printsBeside, PrintProbe, type PrintNears } from "./print-probe.tsx";
import { keyOf, printsFrom, printsText } from "./prints.ts";
import "../../panels/code/code.css";
import "./code-view.css";

export function CodeView(): JSX.Element {
  const { cinema } = useApp();
  const file = cinema.param("code.file");
  const line = cinema.param("code.line");
  const counts = cinema.param("code.counts");
  const activation = useActivation();
  const followed = useRef<string | null>(null);
  followed.current = sourceOf(activation.frame) ?? followed.current;
  const name = file.value === "" ? followed.current : file.value;
  const range = useComputed<TimeRange | null>(() =>
    counts.value === "selection" ? cinema.selection.value : null,
  );
  const loaded = useSource(name, range.value);
  const open = (chosen: string, at = ""): void => {
    file.value = chosen;
    line.value = at;
  };
  if (name === null && activation.loaded.busy) {
    return <PanelNote title="Loading the code at the cursor…" />;
  }
  if (name === null) {
    return (
      <div class="code-view choosing">
        <p class="muted small">
          Choose a file, or put the cursor where a call of the selected process runs.
        </p>
        <FileList chosen={null} choose={open} />
      </div>
    );
  }
  const source = loaded.value;
  const stack = activation.loaded.value;
  return (
    <div class="code-view" aria-busy={loaded.busy} data-code-view={source?.name}>
      <CodeBar name={name} source={source} open={open} limits={source?.limits ?? []} />
      {stack !== null && (
        <FramesStrip
          stack={stack}
          frame={activation.frame}
          choose={(frame) => {
            activation.choose(frame);
            open("");
          }}
        />
      )}
      {activation.loaded.error !== null && (
        <p class="frames-strip error small">
          The stack could not be read: {activation.loaded.error}
        </p>
      )}
      {source === null ? (
        (waitingNote(loaded, "source") ?? (
          <PanelNote title="This recording knows no such code">
            {name} is neither a file nor a module of it.
          </PanelNote>
        ))
      ) : (
        <Body source={source} activation={activation} range={range} open={open} />
      )}
    </div>
  );
}

type BodyProps = {
  readonly source: SourceView;
  readonly activation: Activation;
  readonly range: ReadonlySignal<TimeRange | null>;
  readonly open: (file: string, line?: string) => void;
};

function Body({ source, activation, range, open }: BodyProps): JSX.Element {
  const { cinema } = useApp();
  const line = cinema.param("code.line");
  const printsParam = cinema.param("code.prints");
  const { frame } = activation;
  const prints = useMemo(() => printsFrom(printsParam.value), [printsParam.value]);
  const place = placeOf(source, line.value);
  const tab = useSignal<SideTab>(
    line.value !== "" ? "place" : prints.length > 0 ? "prints" : "variables",
  );
  const focus = useSignal(0);
  const nears = useSignal<PrintNears>(new Map());
  const current = lineOf(frame, source);
  const valueText = useValueText(frame);
  const shown = useShownLine(current, place?.line ?? null);
  const marks = useMemo((): SourceMarks => {
    const beside = new Map(valuesBeside(frame, source));
    for (const [at, values] of printsBeside(cinema, prints, nears.value, source)) {
      beside.set(at, [...(beside.get(at) ?? []), ...values]);
    }
    return { counts: lineCounts(source), current, chosen: place?.line ?? null, beside };
  }, [source, frame, prints, nears.value, place?.line]);
  const choose = (at: string): void => {
    open(source.name, at);
    tab.value = "place";
  };
  return (
    <div class="code-body">
      {source.text === null ? (
        <div class="code-without-text">
          <NoText source={source} />
          <FunctionList source={source} choose={({ mfa }) => choose(mfa)} />
        </div>
      ) : (
        <SourcePane
          source={{ name: source.name, text: source.text }}
          marks={marks}
          shown={shown}
          handlers={{
            onLine: (at) => choose(String(at)),
            onPrint: (at) => {
              choose(String(at));
              focus.value += 1;
            },
            onValue: (key) => askOrigin(cinema, key),
            valueOf: valueText,
          }}
        />
      )}
      <CodeSide
        tab={tab}
        source={source}
        frame={frame}
        place={place}
        prints={prints}
        range={range}
        focus={focus.value}
        setPrints={(next) => (printsParam.value = printsText(next))}
      />
      {prints.map((print) => (
        <PrintProbe
          key={keyOf(print)}
          print={print}
          report={(key, reply) => {
            const next = new Map(nears.peek());
            if (reply === null) next.delete(key);
            else next.set(key, reply);
            nears.value = next;
          }}
        />
      ))}
    </div>
  );
}

/** Whichever was set last: the line at the cursor, or the chosen one. */
function useShownLine(current: number | null, chosen: number | null): number | null {
  const [shown, setShown] = useState(chosen ?? current);
  const isFirst = useRef(true);
  useEffect(() => {
    // a link to a line leads there, also when the cursor's own line comes in later
    if (current !== null && !(isFirst.current && chosen !== null)) setShown(current);
    if (current !== null) isFirst.current = false;
  }, [current]);
  useEffect(() => {
    if (chosen !== null) setShown(chosen);
  }, [chosen]);
  return shown;
}
